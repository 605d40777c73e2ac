/// What a peer said in `content-type`.
enum ContentType: Sendable, Equatable {
  case absent
  /// `application/grpc`, alone or with `+proto` or another suffix, or with parameters; in letters of
  /// either case (RFC 9110 §8.3.1).
  case grpc
  /// Anything else, cut to a length that an error can show.
  case other(String)

  init(_ value: Span<UInt8>) {
    let essence: StaticString = "application/grpc"
    let length = essence.utf8CodeUnitCount
    let isGRPC =
      (value.starts(with: essence) || value.startsInAnyCase(with: essence))
      && (value.count == length || value[length] == UInt8(ascii: "+")
        || value[length] == UInt8(ascii: ";"))
    self =
      isGRPC ? .grpc : .other(value.extracting(0..<min(value.count, Self.shownLength)).text)
  }

  private static let shownLength = 64
}
