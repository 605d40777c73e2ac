package import GRPCCall

/// The methods of gRPC's own test services (grpc/testing/test.proto).
package enum TestMethods {
  private static let service = "grpc.testing.TestService"

  package static let emptyCall = MethodDescriptor<Empty, Empty>(
    service: service, method: "EmptyCall", kind: .unary)
  package static let unaryCall = MethodDescriptor<SimpleRequest, SimpleResponse>(
    service: service, method: "UnaryCall", kind: .unary)
  package static let cacheableUnaryCall = MethodDescriptor<SimpleRequest, SimpleResponse>(
    service: service, method: "CacheableUnaryCall", kind: .unary, isIdempotent: true)
  package static let streamingOutputCall =
    MethodDescriptor<StreamingOutputCallRequest, StreamingOutputCallResponse>(
      service: service, method: "StreamingOutputCall", kind: .serverStreaming)
  package static let streamingInputCall =
    MethodDescriptor<StreamingInputCallRequest, StreamingInputCallResponse>(
      service: service, method: "StreamingInputCall", kind: .clientStreaming)
  package static let fullDuplexCall =
    MethodDescriptor<StreamingOutputCallRequest, StreamingOutputCallResponse>(
      service: service, method: "FullDuplexCall", kind: .bidirectionalStreaming)
  package static let halfDuplexCall =
    MethodDescriptor<StreamingOutputCallRequest, StreamingOutputCallResponse>(
      service: service, method: "HalfDuplexCall", kind: .bidirectionalStreaming)
  /// No server has it.
  package static let unimplementedCall = MethodDescriptor<Empty, Empty>(
    service: service, method: "UnimplementedCall", kind: .unary)
  /// No server has its service.
  package static let unimplementedService = MethodDescriptor<Empty, Empty>(
    service: "grpc.testing.UnimplementedService", method: "UnimplementedCall", kind: .unary)
}
