import GRPCCall
import GRPCTransport

// The cases of metadata, status, connections and endurance.

extension InteropClient {
  private static let initial = (
    key: "x-grpc-test-echo-initial", value: "test_initial_metadata_value"
  )
  private static let trailing: (key: String, value: [UInt8]) = (
    "x-grpc-test-echo-trailing-bin", [0xab, 0xab, 0xab]
  )

  func customMetadata() async throws {
    var metadata: Metadata = [Self.initial.key: Self.initial.value]
    try metadata.addBinary(Self.trailing.key, Self.trailing.value)
    let answer = try await largeUnary(on: channel, metadata: metadata)
    try expectEchoes(answer.metadata, answer.trailers)
    let (requests, responses) = try channel.bidirectionalStreaming(
      TestMethods.fullDuplexCall, metadata: metadata)
    _ = try await requests.send(
      StreamingOutputCallRequest(
        sizes: [Self.largeResponse], payload: Payload(zeros: Self.largeRequest)))
    requests.finish()
    for try await _ in responses {}
    try expectEchoes(try await responses.initialMetadata(), responses.trailers ?? [:])
  }

  private func expectEchoes(_ initial: Metadata, _ trailers: Metadata) throws {
    try expect(initial.first(Self.initial.key), Self.initial.value, "the initial metadata")
    try expect(trailers.binary(Self.trailing.key), Self.trailing.value, "the trailers")
  }

  func statusCodeAndMessage() async throws {
    let status = EchoStatus(code: 2, message: "test status message")
    try await expectUnary(status)
    let (requests, responses) = try channel.bidirectionalStreaming(TestMethods.fullDuplexCall)
    _ = try await requests.send(StreamingOutputCallRequest(responseStatus: status))
    requests.finish()
    var iterator = responses.makeAsyncIterator()
    let error = try await expectStatus(.unknown) { while try await iterator.next() != nil {} }
    try expect(error.message, status.message, "the message of the status")
  }

  func specialStatusMessage() async throws {
    let text =
      "\t\ntest with whitespace\r\nand Unicode BMP \u{263a} and non-BMP \u{1f608}\t\n"
    try await expectUnary(EchoStatus(code: 2, message: text))
  }

  private func expectUnary(_ status: EchoStatus) async throws {
    let error = try await expectStatus(.unknown) {
      try await channel.unary(TestMethods.unaryCall, SimpleRequest(responseStatus: status))
    }
    try expect(error.message, status.message, "the message of the status")
  }

  // MARK: HTTP/2

  /// The server says goodbye after the first answer; the second call needs another connection.
  func goAway() async throws {
    try await largeUnary()
    try await Task.sleep(for: .seconds(1))
    try await largeUnary()
  }

  /// The server resets the stream with NO_ERROR before its answer is whole, which is INTERNAL.
  func resetStream() async throws {
    try await expectStatus(.internalError) { try await largeUnary() }
  }

  /// The server takes one stream at a time; the other calls wait.
  func maxStreams() async throws {
    try await largeUnary()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<10 { group.addTask { try await largeUnary() } }
      try await group.waitForAll()
    }
  }

  // MARK: Endurance

  func soak(newChannels: Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: soak.overallTimeout)
    var (done, failures) = (0, [String]())
    while done < soak.iterations, clock.now < end {
      let start = clock.now
      if let failure = await soakCall(newChannel: newChannels) { failures.append(failure) }
      let latency = start.duration(to: clock.now)
      if latency > soak.maxAcceptableLatency { failures.append("a call took \(latency)") }
      done += 1
      try await clock.sleep(until: start.advanced(by: soak.minTimeBetweenCalls))
    }
    try expect(done, soak.iterations, "the calls within \(soak.overallTimeout)")
    guard failures.count <= soak.maxFailures else {
      throw InteropFailure(
        "\(failures.count) of \(done) calls failed, the first: \(failures.first ?? "")")
    }
  }

  private func soakCall(newChannel: Bool) async -> String? {
    do {
      let used = newChannel ? try Channel(target: target, configuration: configuration) : channel
      defer { if newChannel { Task { await used.shutdown() } } }
      try await largeUnary(
        on: used, metadata: [:], request: soak.requestSize, response: soak.responseSize)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
