import GRPCCall
package import GRPCTransport
import ProtobufWire

/// The client's side of the test cases.
package struct InteropClient: Sendable {
  /// How long and how often the soak tests call.
  package struct Soak: Sendable {
    package var iterations = 10
    package var maxFailures = 0
    package var maxAcceptableLatency: Duration = .seconds(1)
    package var overallTimeout: Duration = .seconds(10)
    package var minTimeBetweenCalls: Duration = .zero
    package var requestSize = 271_828
    package var responseSize: Int32 = 314_159

    package init() {}
  }

  static let largeRequest = 271_828
  static let largeResponse: Int32 = 314_159
  static let requestSizes = [27_182, 8, 1_828, 45_904]
  static let responseSizes: [Int32] = [31_415, 9, 2_653, 58_979]

  let target: Target
  let configuration: ChannelConfiguration
  let channel: Channel
  let soak: Soak

  /// - Throws: when the channel cannot be made.
  package init(
    target: Target, configuration: ChannelConfiguration, soak: Soak = Soak()
  ) throws {
    self.target = target
    self.configuration = configuration
    self.soak = soak
    channel = try Channel(target: target, configuration: configuration)
  }

  package func shutdown() async { await channel.shutdown() }

  // MARK: One answer

  func emptyUnary() async throws {
    let response = try await channel.unary(TestMethods.emptyCall, Empty())
    try expect(response.message.unknownFields.isEmpty, true, "an Empty has no fields")
  }

  func largeUnary() async throws {
    try await largeUnary(on: channel, metadata: [:])
  }

  @discardableResult
  func largeUnary(
    on channel: Channel, metadata: Metadata, request: Int = largeRequest,
    response: Int32 = largeResponse
  ) async throws -> UnaryResponse<SimpleResponse> {
    let answer = try await channel.unary(
      TestMethods.unaryCall,
      SimpleRequest(responseSize: response, payload: Payload(zeros: request)), metadata: metadata)
    let body = answer.message.payload?.body ?? []
    try expect(body.count, Int(response), "the size of the response")
    try expect(body.allSatisfy { $0 == 0 }, true, "the response is all zeros")
    return answer
  }

  func cacheableUnary() async throws {
    var payload = Payload()
    payload.body = Array("\(MonotonicTime.now.nanoseconds)".utf8)
    let request = SimpleRequest(payload: payload)
    let metadata: Metadata = ["x-user-ip": "1.2.3.4"]
    let first = try await channel.unary(
      TestMethods.cacheableUnaryCall, request, metadata: metadata)
    let second = try await channel.unary(
      TestMethods.cacheableUnaryCall, request, metadata: metadata)
    try expect(
      second.message.payload?.body, first.message.payload?.body,
      "the second answer is from the cache")
  }

  func unimplemented(_ method: MethodDescriptor<Empty, Empty>) async throws {
    try await expectStatus(.unimplemented) { try await channel.unary(method, Empty()) }
  }

  // MARK: Streams

  func clientStreaming() async throws {
    let response = try await channel.clientStreaming(TestMethods.streamingInputCall) {
      (writer) throws(RPCError) in
      for size in Self.requestSizes {
        _ = try await writer.send(StreamingInputCallRequest(payload: Payload(zeros: size)))
      }
    }
    try expect(response.message.aggregatedPayloadSize, 74_922, "the sum of the sizes")
  }

  func serverStreaming() async throws {
    let stream = try channel.serverStreaming(
      TestMethods.streamingOutputCall, StreamingOutputCallRequest(sizes: Self.responseSizes))
    var sizes: [Int32] = []
    for try await response in stream { sizes.append(Int32(response.payload?.body.count ?? -1)) }
    try expect(sizes, Self.responseSizes, "the sizes of the responses")
  }

  func pingPong() async throws {
    let (requests, responses) = try channel.bidirectionalStreaming(TestMethods.fullDuplexCall)
    var iterator = responses.makeAsyncIterator()
    for (request, response) in zip(Self.requestSizes, Self.responseSizes) {
      _ = try await requests.send(
        StreamingOutputCallRequest(sizes: [response], payload: Payload(zeros: request)))
      let answer = try await iterator.next()
      try expect(answer?.payload?.body.count, Int(response), "the size of the response")
    }
    requests.finish()
    try expect(try await iterator.next() == nil, true, "no response follows the last")
  }

  func emptyStream() async throws {
    let (requests, responses) = try channel.bidirectionalStreaming(TestMethods.fullDuplexCall)
    requests.finish()
    var count = 0
    for try await _ in responses { count += 1 }
    try expect(count, 0, "the number of responses")
  }

  // MARK: Cancellation and deadlines

  func cancelAfterBegin() async throws {
    let calling = Task { [channel] in
      try await channel.clientStreaming(TestMethods.streamingInputCall) {
        (writer) throws(RPCError) in
        // Until the call is cancelled, which ends this sleep.
        try? await Task.sleep(for: .seconds(3_600))
      }
    }
    calling.cancel()
    try await expectStatus(.cancelled) { try await calling.value }
  }

  func cancelAfterFirstResponse() async throws {
    let (requests, responses) = try channel.bidirectionalStreaming(TestMethods.fullDuplexCall)
    var iterator = responses.makeAsyncIterator()
    _ = try await requests.send(
      StreamingOutputCallRequest(
        sizes: [Self.responseSizes[0]], payload: Payload(zeros: Self.requestSizes[0])))
    let answer = try await iterator.next()
    try expect(
      answer?.payload?.body.count, Int(Self.responseSizes[0]), "the size of the response")
    responses.cancel()
    try await expectStatus(.cancelled) { while try await iterator.next() != nil {} }
  }

  func timeoutOnSleepingServer() async throws {
    var request = StreamingOutputCallRequest(payload: Payload(zeros: Self.requestSizes[0]))
    // A server that answers at once could be in time, so it is asked to sleep.
    request.responseParameters = [ResponseParameters(size: 1, intervalMicroseconds: 10_000_000)]
    let (requests, responses) = try channel.bidirectionalStreaming(
      TestMethods.fullDuplexCall, options: CallOptions(deadline: .milliseconds(1)))
    // The deadline may pass before the request can be sent.
    _ = try? await requests.send(request)
    var iterator = responses.makeAsyncIterator()
    try await expectStatus(.deadlineExceeded) { while try await iterator.next() != nil {} }
  }
}

/// Runs `body`, which has to fail with a status.
///
/// - Returns: the error.
@discardableResult
func expectStatus<Value>(
  _ code: StatusCode, _ body: () async throws -> Value
) async throws -> RPCError {
  do {
    _ = try await body()
  } catch let error as RPCError {
    try expect(error.code, code, "the status (\(error.message))")
    return error
  }
  throw InteropFailure("the call did not fail with \(code)")
}
