package import GRPCCall
package import GRPCTransport
import HTTP2Session
import MomentoAuth

/// What became of a case.
package struct CaseResult: Sendable {
  package enum Outcome: Sendable, Equatable {
    case passed
    /// What was found, in which step.
    case failed(String)
    /// Why it was not tried.
    case skipped(String)
  }

  package var test: ConformanceCase
  package var outcome: Outcome
  package var duration: Duration
}

/// Tries cases at a server, one after the other, each request over a connection of its own.
package struct CaseRunner: Sendable {
  private let probe: Probe
  private let authority: String
  private let scheme: String
  private let timeout: Duration
  private let pause: Duration
  private let now: @Sendable () -> UInt64
  /// Grows as preparations get credentials.
  private var values: NamedValues
  private var missing: [String: String] = [:]

  /// No header field is repeated more often.
  private static let mostTimes = 1 << 20

  /// - Parameters:
  ///   - timeout: for one request, from connecting to the end of the answer.
  ///   - pause: what passes before each request.
  ///   - now: seconds since 1970.
  /// - Throws: when TLS cannot be set up as it is asked for.
  package init(
    target: Target, security: ClientTransportSecurity, values: NamedValues, timeout: Duration,
    pause: Duration = .zero, now: @escaping @Sendable () -> UInt64
  ) throws(RPCError) {
    probe = try Probe(target: target, security: security)
    authority = target.description
    if case .plaintext = security { scheme = "http" } else { scheme = "https" }
    self.values = values
    self.timeout = timeout
    self.pause = pause
    self.now = now
  }

  /// Asks for nothing in particular, so that a service that is not there is told once, not by each case.
  ///
  /// - Throws: `RPCError` without a connection; `SuiteError` where nothing comes over it.
  package func reach() async throws {
    let call = CaseRequest(path: "/conformance.Suite/Reach", body: [BytePiece(frame: [])])
    let answer = try await probe.send(request(call, NamedValues()), timeout: timeout)
    let reason: String
    switch answer.end {
    case .endStream, .reset(_, byPeer: true), .tooLarge: return
    case .timeout: reason = "it did not answer a call in time"
    case .connection(let text): reason = text
    case .reset(_, byPeer: false): reason = "what it sent is not HTTP/2"
    }
    throw SuiteError(
      "there is no gRPC server at \(authority): \(reason). It may not speak HTTP/2, or "
        + (scheme == "https" ? "no TLS." : "want TLS: add --tls."))
  }

  /// Gets the credentials that can be had, other than those that are given.
  package mutating func prepare(_ preparations: [ConformanceCase]) async -> [CaseResult] {
    var results: [CaseResult] = []
    for preparation in preparations {
      guard let name = preparation.provides, values[name] == nil else { continue }
      var kept = values
      let result = await run(preparation, &kept)
      switch result.outcome {
      case .passed: values[name] = kept[name]
      case .failed: missing[name] = "\(preparation.name) has failed"
      case .skipped(let reason): missing[name] = missing[name] ?? reason
      }
      if case .skipped = result.outcome { continue }
      results.append(result)
    }
    return results
  }

  /// Says that a value will not be had, and why.
  package mutating func lacks(_ name: String, because reason: String) { missing[name] = reason }

  /// Tries one case.
  package func run(_ test: ConformanceCase) async -> CaseResult {
    var kept = values
    return await run(test, &kept)
  }

  private func run(_ test: ConformanceCase, _ values: inout NamedValues) async -> CaseResult {
    for name in test.needs where values[name] == nil {
      let reason = missing[name] ?? "the suite does not say how to get it"
      return CaseResult(
        test: test, outcome: .skipped("needs '\(name)': \(reason)"), duration: .zero)
    }
    let clock = ContinuousClock()
    let start = clock.now
    var outcome = CaseResult.Outcome.passed
    for (index, step) in test.steps.enumerated() {
      guard let fault = await fault(of: step, &values) else { continue }
      outcome = .failed(test.steps.count == 1 ? fault : "step \(index + 1): \(fault)")
      break
    }
    return CaseResult(test: test, outcome: outcome, duration: clock.now - start)
  }

  private func fault(of step: Step, _ values: inout NamedValues) async -> String? {
    do {
      let wait = max(pause, .seconds(min(max(step.wait ?? 0, 0), 60)))
      if wait > .zero { try await Task.sleep(for: wait) }
      let answer = try await probe.send(request(step.request, values), timeout: timeout)
      guard case .own(let expectation) = step.expect else { return "the suite expects nothing" }
      let message = try expectation.judge(answer, values, now: now())
      try keep(step.keep ?? [:], of: message, &values)
      return nil
    } catch let fault as AnswerFault {
      return values.cut(from: fault.reason)
    } catch let error as RPCError {
      return values.cut(from: error.description)
    } catch {
      return "\(error)"
    }
  }

  private func keep(
    _ paths: [String: [UInt32]], of message: MessageFields?, _ values: inout NamedValues
  ) throws(AnswerFault) {
    for (name, path) in paths {
      guard case .bytes(let bytes) = message?.value(at: path) else {
        throw AnswerFault("the answer has no \(name)")
      }
      values[name] = Secret(bytes: bytes)
    }
  }

  private func request(
    _ request: CaseRequest, _ values: NamedValues
  ) throws(SuiteError) -> ProbeRequest {
    var fields = [
      (":method", request.method ?? "POST"), (":scheme", scheme), (":path", request.path),
      (":authority", authority), ("te", "trailers"), ("content-type", "application/grpc"),
    ]
    fields.removeAll { request.without?.contains($0.0) == true }
    for field in request.with ?? [] {
      let times = min(max(field.times ?? 1, 0), Self.mostTimes)
      fields.append((field.name, String(repeating: field.value, count: times)))
    }
    var headers = HeaderBlock()
    for (name, value) in fields { headers.append(name: name, value: value) }
    return ProbeRequest(
      headers: headers, body: try BytePiece.bytes(of: request.body, values),
      ends: request.ends ?? true)
  }
}
