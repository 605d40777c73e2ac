import GRPCCall
import GRPCTransport
import Testing

@testable import GRPCStandardServices

@Suite struct HealthServiceTests {
  @Test func eachChangeOfAServiceReachesItsWatchersOnce() async throws {
    let health = HealthService(services: ["a.A"])
    try await withServer([health]) { channel in
      var statuses = try channel.serverStreaming(
        HealthMethods.watch, HealthCheckRequest(service: "a.B")
      ).makeAsyncIterator()
      #expect(try await statuses.next()?.status == ServingStatus.serviceUnknown.rawValue)
      health.set("a.A", .notServing)
      health.set("a.B", .serviceUnknown)
      health.set("a.B", .serving)
      #expect(try await statuses.next()?.status == ServingStatus.serving.rawValue)
      health.drain()
      #expect(try await statuses.next()?.status == ServingStatus.notServing.rawValue)
      let error = await #expect(throws: RPCError.self) { try await statuses.next() }
      #expect(error?.status.code == .unavailable)
    }
  }

  @Test func aServiceThatDrainsNeverServesAgain() async throws {
    let health = HealthService(services: ["a.A"])
    health.drain()
    health.set("a.A", .serving)
    try await withServer([health]) { channel in
      for service in ["", "a.A"] {
        let response = try await channel.unary(
          HealthMethods.check, HealthCheckRequest(service: service))
        #expect(response.message.status == ServingStatus.notServing.rawValue)
      }
    }
  }
}
