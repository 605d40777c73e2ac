import GRPCCall
package import GRPCTransport
import Locking

/// gRPC's test service, as its interoperability tests describe it: what a client asks for, in sizes,
/// status and metadata, it gets.
package struct TestService: GRPCService {
  private static let initialKey = "x-grpc-test-echo-initial"
  private static let trailingKey = "x-grpc-test-echo-trailing-bin"
  /// Beyond it a request is refused: it is of a test, and no test asks for as much.
  private static let largestResponse = 4 << 20

  private let cache = AnswerCache()

  package init() {}

  package func register(in router: inout Router) {
    router.unary(TestMethods.emptyCall) { _, _ in ServerResponse(Empty()) }
    router.unary(TestMethods.unaryCall) { request, context in
      let (metadata, trailers) = try Self.echoes(context.metadata)
      try Self.failIfAsked(request.responseStatus, trailers)
      let payload = try Self.payload(request.responseSize)
      return ServerResponse(
        SimpleResponse(payload: payload), metadata: metadata, trailers: trailers)
    }
    router.unary(TestMethods.cacheableUnaryCall) { [cache] request, _ in
      ServerResponse(
        cache.answer(to: request), metadata: ["cache-control": "max-age=60, public"])
    }
    registerStreams(in: &router)
  }

  private func registerStreams(in router: inout Router) {
    router.serverStreaming(TestMethods.streamingOutputCall) { request, writer, _ in
      try await Self.answer(request, on: writer)
      return [:]
    }
    router.clientStreaming(TestMethods.streamingInputCall) { requests, _ in
      var response = StreamingInputCallResponse()
      for try await request in requests {
        let count = Int32(clamping: request.payload?.body.count ?? 0)
        let (sum, overflow) = response.aggregatedPayloadSize.addingReportingOverflow(count)
        guard !overflow else { throw RPCStatusError(.outOfRange, "the sizes' sum is too large") }
        response.aggregatedPayloadSize = sum
      }
      return ServerResponse(response)
    }
    router.bidirectionalStreaming(TestMethods.fullDuplexCall) { requests, writer, context in
      let (metadata, trailers) = try Self.echoes(context.metadata)
      if !metadata.isEmpty { try writer.send(metadata: metadata) }
      for try await request in requests {
        try Self.failIfAsked(request.responseStatus, trailers)
        try await Self.answer(request, on: writer)
      }
      return trailers
    }
    router.bidirectionalStreaming(TestMethods.halfDuplexCall) { requests, writer, _ in
      var all: [StreamingOutputCallRequest] = []
      for try await request in requests {
        guard all.count < 1_024 else { throw RPCStatusError(.resourceExhausted, "too many") }
        all.append(request)
      }
      for request in all { try await Self.answer(request, on: writer) }
      return [:]
    }
  }

  private static func answer(
    _ request: StreamingOutputCallRequest, on writer: ResponseWriter<StreamingOutputCallResponse>
  ) async throws {
    for parameters in request.responseParameters {
      if parameters.intervalMicroseconds > 0 {
        try await Task.sleep(for: .microseconds(Int64(parameters.intervalMicroseconds)))
      }
      try await writer.send(StreamingOutputCallResponse(payload: try payload(parameters.size)))
    }
  }

  private static func payload(_ size: Int32) throws(RPCStatusError) -> Payload {
    guard size >= 0, size <= largestResponse else {
      throw RPCStatusError(
        .invalidArgument, "a response of \(size) bytes is not within 0...\(largestResponse)")
    }
    return Payload(zeros: Int(size))
  }

  private static func failIfAsked(
    _ status: EchoStatus?, _ trailers: Metadata
  ) throws(RPCStatusError) {
    guard let status, status.code != 0 else { return }
    let code = StatusCode(rawValue: Int(status.code)) ?? .unknown
    throw RPCStatusError(code, status.message, trailers: trailers)
  }

  /// What the client wants to see again in the answer's metadata and in its trailers.
  private static func echoes(
    _ metadata: Metadata
  ) throws(RPCStatusError) -> (initial: Metadata, trailing: Metadata) {
    var (initial, trailing) = (Metadata(), Metadata())
    do {
      if let value = metadata.first(initialKey) { try initial.add(initialKey, value) }
      if let value = metadata.binary(trailingKey) { try trailing.addBinary(trailingKey, value) }
    } catch {
      throw RPCStatusError(.internalError, "the metadata cannot be sent back: \(error)")
    }
    return (initial, trailing)
  }
}

/// Answers of CacheableUnaryCall: as from a cache before the server, the same request has the same
/// answer.
private final class AnswerCache: Sendable {
  private static let limit = 1_024
  private let answers = Locked<[[UInt8]: [UInt8]]>([:])

  func answer(to request: SimpleRequest) -> SimpleResponse {
    let key = request.payload?.body ?? []
    let body = answers.withLock { answers in
      if let answer = answers[key] { return answer }
      if answers.count >= Self.limit { answers.removeAll() }
      let answer = Array("\(MonotonicTime.now.nanoseconds)".utf8)
      answers[key] = answer
      return answer
    }
    var payload = Payload()
    payload.body = body
    return SimpleResponse(payload: payload)
  }
}
