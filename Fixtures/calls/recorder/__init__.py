"""Records whole gRPC connections between a grpcio client and a grpcio server."""
