import GRPCCall
import HTTP2Session

/// The header lists of a channel's requests. A service calls few methods, with the same metadata
/// and the same timeout time and again: the list of such a call is made once.
///
/// It belongs to the channel's loop.
struct RequestHeaderCache {
  private struct Entry {
    let path: String
    let metadata: Metadata
    /// In nanoseconds; 0 for none.
    let timeout: UInt64
    let headers: SubmittableHeaders
  }

  private let scheme: String
  private let authority: String
  private let userAgent: String
  /// The one used last comes first.
  private var entries: [Entry] = []

  /// More would only make the search longer: who has so many is served by making them anew.
  static let limit = 16

  init(target: Target, configuration: ChannelConfiguration) {
    switch configuration.transportSecurity {
    case .plaintext: scheme = "http"
    case .tls: scheme = "https"
    }
    authority = configuration.authority ?? target.description
    let name = "grpc-swift-momento/\(libraryVersion)"
    userAgent = configuration.userAgentPrefix.map { "\($0) \(name)" } ?? name
  }

  /// The header list of a call that is sent now.
  ///
  /// - Parameter timeout: what is left of its time in nanoseconds, at least 1; nil for no end.
  mutating func headers(
    path: String, metadata: Metadata, timeout: UInt64?, previousAttempts: Int
  ) -> SubmittableHeaders {
    let timeout = timeout.map(Self.rounded) ?? 0
    guard previousAttempts == 0 else { return make(path, metadata, timeout, previousAttempts) }
    if let headers = newest(path, metadata, timeout) { return headers }
    for index in entries.indices
    where entries[index].timeout == timeout && entries[index].path == path
      && entries[index].metadata == metadata
    {
      let entry = entries[index]
      if index > 0 { entries.insert(entries.remove(at: index), at: 0) }
      return entry.headers
    }
    let headers = make(path, metadata, timeout, 0)
    if entries.count >= Self.limit { entries.removeLast() }
    entries.insert(
      Entry(path: path, metadata: metadata, timeout: timeout, headers: headers), at: 0)
    return headers
  }

  /// The list that was used last, if it is the one; nothing is copied to see.
  private func newest(
    _ path: String, _ metadata: Metadata, _ timeout: UInt64
  ) -> SubmittableHeaders? {
    let entries = entries.span
    guard !entries.isEmpty, entries[0].timeout == timeout, entries[0].path == path,
      entries[0].metadata == metadata
    else { return nil }
    return entries[0].headers
  }

  private func make(
    _ path: String, _ metadata: Metadata, _ timeout: UInt64, _ previousAttempts: Int
  ) -> SubmittableHeaders {
    let constant = RequestHeaders.constant(
      path: path, scheme: scheme, authority: authority, userAgent: userAgent)
    let variable = RequestHeaders.variable(
      timeout: timeout == 0 ? nil : .nanoseconds(Int64(clamping: timeout)),
      previousAttempts: previousAttempts, metadata: metadata)
    return SubmittableHeaders(HeaderBlock(constant + variable))
  }

  /// Rounds up to three digits, so that calls with the same deadline send the same
  /// `grpc-timeout`, and HPACK has it in its table. The timer on this side is exact.
  static func rounded(_ timeout: UInt64) -> UInt64 {
    var step: UInt64 = 1
    var limit: UInt64 = 1_000
    while timeout > limit {
      let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
      guard !overflow else { return timeout }
      limit = next
      step *= 10
    }
    let (sum, overflow) = timeout.addingReportingOverflow(step - 1)
    return overflow ? timeout : sum / step * step
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

extension SubmittableHeaders {
  convenience init(_ fields: [HeaderField]) { self.init(HeaderBlock(fields)) }
}

/// The version of this library, as `user-agent` gives it.
package let libraryVersion = "0.1.0"
