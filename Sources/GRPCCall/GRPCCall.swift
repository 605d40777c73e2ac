// GRPCCall: see the layout in README.md.
