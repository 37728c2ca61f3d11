"""What an event costs: the gateway beside the floor and the usual way, in one run (docs/performance.md)."""

import os

# Read when gRPC is imported. Processes are started while its threads run in the emulators; gRPC would complain each time, for
# nothing: a started process becomes another program at once.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
