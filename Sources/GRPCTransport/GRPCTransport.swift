// GRPCTransport: see the layout in README.md.
