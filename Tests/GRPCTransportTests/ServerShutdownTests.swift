import GRPCTransport
import Glibc
import Testing

@Suite struct ServerShutdownTests {
  /// Without the limit on the PING's answer this would take the whole hour of the grace.
  @Test(.timeLimit(.minutes(5)))
  func aClientThatAnswersNoPingDoesNotHoldUpTheEnd() async throws {
    var configuration = ServerConfiguration(port: 0)
    configuration.shutdownGrace = .seconds(3_600)
    configuration.shutdownPingTimeout = .milliseconds(10)
    let server = try Server(configuration: configuration, services: [EchoService()])
    let client = try SilentClient(port: await server.start().port)
    #expect(client.introduceItself())
    await server.shutdown()
    client.disconnect()
  }
}

/// Sends the preface and SETTINGS of HTTP/2 and nothing after them.
private struct SilentClient {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = try PlainHTTPClient.connected(to: port)
  }

  /// - Returns: whether the server has acknowledged the SETTINGS.
  func introduceItself() -> Bool {
    let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    let acknowledgement: [UInt8] = [0, 0, 0, 4, 1, 0, 0, 0, 0]
    let greeting = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings
    guard unsafe write(descriptor, greeting, greeting.count) == greeting.count else { return false }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while !received.contains(acknowledgement) {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return false }
      received += buffer[..<count]
    }
    return true
  }

  func disconnect() { close(descriptor) }
}
