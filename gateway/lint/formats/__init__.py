"""Write a report: for people, and for the programs of a build."""
