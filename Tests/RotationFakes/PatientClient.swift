package import HTTPClient

/// A client that waits far longer than a store asks it to: on a machine that is busy with other tests,
/// what comes late is still right.
package struct PatientClient: HTTPExchange {
  private let client: CurlClient

  package init() throws { client = try CurlClient() }

  package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    var request = request
    request.timeout = .seconds(300)
    request.connectTimeout = .seconds(300)
    return try await client.send(request)
  }

  package func shutdown() async { await client.shutdown() }
}
