import GRPCCall
import HTTP2Session

/// The header fields that every call of a method shares, made once a method.
final class RequestHeaderCache: Sendable {
  private let scheme: String
  private let authority: String
  private let userAgent: String
  private let blocks = Locked<[String: HeaderBlock]>([:])

  /// Paths are the program's own, so they are few; the bound is for a proxy that makes them up.
  private static let limit = 1_024

  init(target: Target, configuration: ChannelConfiguration) {
    switch configuration.transportSecurity {
    case .plaintext: scheme = "http"
    case .tls: scheme = "https"
    }
    authority = configuration.authority ?? target.description
    let name = "grpc-swift-momento/\(libraryVersion)"
    userAgent = configuration.userAgentPrefix.map { "\($0) \(name)" } ?? name
  }

  func common(path: String) -> HeaderBlock {
    blocks.withLock { blocks in
      if let block = blocks[path] { return block }
      let block = HeaderBlock(
        RequestHeaders.constant(
          path: path, scheme: scheme, authority: authority, userAgent: userAgent))
      if blocks.count < Self.limit { blocks[path] = block }
      return block
    }
  }
}

extension HeaderBlock {
  init(_ fields: [HeaderField]) {
    self.init()
    for field in fields {
      append(name: field.name, value: field.value, isNeverIndexed: field.isNeverIndexed)
    }
  }
}

/// The version of this library, as `user-agent` gives it.
package let libraryVersion = "0.1.0"
