import Glibc
import HTTP2Session

@testable import GRPCTransport

/// An answer of plain HTTP, as it came.
struct PlainAnswer: Equatable {
  var fields: [String: String] = [:]
  var body: [UInt8] = []
  var reset: HTTP2ErrorCode?

  var status: String? { fields[":status"] }
  var text: String { String(decoding: body, as: UTF8.self) }
}

/// Sends one request of HTTP/2 over a connection of its own, from a thread that may block.
enum PlainHTTPClient {
  static func send(
    _ fields: KeyValuePairs<String, String>, body: [UInt8] = [], ends: Bool = true, to port: Int
  ) async throws -> PlainAnswer {
    try await onThread { try exchange(fields, body, ends, port) }
  }

  private static func exchange(
    _ fields: KeyValuePairs<String, String>, _ body: [UInt8], _ ends: Bool, _ port: Int
  ) throws -> PlainAnswer {
    let connection = PeerConnection(descriptor: try connected(to: port))
    defer { close(connection.descriptor) }
    let session = try HTTP2Session(role: .client)
    var block = HeaderBlock()
    for (name, value) in fields { block.append(name: name, value: value) }
    let stream = try session.submitRequest(
      SubmittableHeaders(block), body: body, endStream: ends)
    var answer = PlainAnswer()
    while let batch = try connection.exchange(session) {
      for event in batch.events where event.isAbout(stream) {
        switch event {
        case .headerField(_, let name, let value):
          answer.fields[batch.text(name)] = batch.text(value)
        case .data(_, let range): answer.body += batch.arena[range.indices]
        case .streamClosed(_, let code, _):
          if code != .noError { answer.reset = code }
          return answer
        case .headersEnded(_, endStream: true), .dataEnded: if !ends { return answer }
        default: break
        }
      }
    }
    return answer
  }

  static func connected(to port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw SocketError(operation: "connect", code: errno) }
    return descriptor
  }
}
