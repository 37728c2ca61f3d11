"""Look through the export of a bot for what LivePerson would refuse, drop or change. No vendor and no account is asked."""
