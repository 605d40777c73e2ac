/// What a server knows of a request once its headers are complete.
package struct RequestHead: Sendable, Equatable {
  /// `/service/method`, as sent.
  package var path: String
  /// `:authority`, or `host` when the peer sent only that (RFC 9113 §8.3.1).
  package var authority: String
  /// The custom metadata, and `user-agent` among it.
  package var metadata: Metadata
  /// How long the client will wait, from now on.
  package var timeout: Duration?

  package init(
    path: String, authority: String = "", metadata: Metadata = Metadata(), timeout: Duration? = nil
  ) {
    self.path = path
    self.authority = authority
    self.metadata = metadata
    self.timeout = timeout
  }
}

/// What a server knows of a request of plain HTTP (RFC 9113 §8.3.1) once its headers are complete.
package struct HTTPRequestHead: Sendable, Equatable {
  /// `GET`, as sent.
  package var method: String
  /// The path and the query, as sent.
  package var target: String
  /// `:authority`, or `host` when the peer sent only that.
  package var authority: String
  /// The media type of the body; nil where none was sent.
  package var contentType: String?
  /// All other fields.
  package var fields: Metadata

  package init(
    method: String, target: String, authority: String, contentType: String?, fields: Metadata
  ) {
    self.method = method
    self.target = target
    self.authority = authority
    self.contentType = contentType
    self.fields = fields
  }
}

/// Texts that the requests of one connection mostly have in common.
package struct RequestTexts: Sendable {
  package var path: String
  package var authority: String

  package init(path: String = "", authority: String = "") {
    self.path = path
    self.authority = authority
  }
}

extension String {
  /// Becomes the text of these bytes, and stays as it is where it is that already.
  fileprivate mutating func take(_ bytes: Span<UInt8>) {
    guard !hasBytes(bytes) else { return }
    self = bytes.text
  }

  private func hasBytes(_ bytes: Span<UInt8>) -> Bool {
    // Neither pointer leaves its closure.
    unsafe utf8.span.withUnsafeBytes { own in
      unsafe bytes.withUnsafeBytes { unsafe haveSameBytes(own, $0) }
    }
  }
}

/// The header block of a request, as far as it has come.
struct RequestBlock: Sendable {
  /// What a usual block does not have: behind one word, so that a usual block is cheap to make, to
  /// move and to forget.
  private indirect enum Rarities: Sendable {
    case none
    case some(Rare)

    var value: Rare {
      get { if case .some(let value) = self { value } else { Rare() } }
      set { self = .some(newValue) }
    }
  }

  private struct Rare: Sendable {
    /// Anything but POST.
    var method: String?
    /// Anything but that of gRPC.
    var contentType: String?
    var encoding: String?
    var defect: String?
    var malformedTimeout = false
  }

  private var head: RequestHead
  private var hasPath = false
  private var hasAuthority = false
  private(set) var isPost = false
  private(set) var isGRPC = false
  private var rarities = Rarities.none

  /// A block that has not begun.
  ///
  /// - Parameter known: texts that the block may have too: where it does, it shares them, and they
  ///   need neither memory nor a check that they are UTF-8.
  init(known: RequestTexts = RequestTexts()) {
    head = RequestHead(path: known.path, authority: known.authority)
  }

  mutating func receive(name: Span<UInt8>, value: Span<UInt8>) {
    switch name.count {
    case 5 where name.equals(":path"):
      hasPath = true
      head.path.take(value)
    case 7 where name.equals(":method"):
      isPost = value.equals("POST")
      if !isPost { rarities.value.method = value.text }
    case 7 where name.equals(":scheme"): break
    case 10 where name.equals(":authority"): receiveAuthority(value)
    case 4 where name.equals("host"):
      if !hasAuthority { receiveAuthority(value) }
    case 12 where name.equals("content-type"):
      isGRPC = ContentType(value) == .grpc
      if !isGRPC { rarities.value.contentType = value.text }
    case 12 where name.equals("grpc-timeout"): receiveTimeout(value)
    case 13 where name.equals("grpc-encoding"):
      if !value.equals("identity") { rarities.value.encoding = value.text }
    // We compress nothing, so that what the client could decompress tells us nothing.
    case 20 where name.equals("grpc-accept-encoding"): break
    // Its absence tells of a proxy that may drop trailers, which is the client's to find out.
    case 2 where name.equals("te"): break
    default: receiveMetadata(name: name, value: value)
    }
  }

  private mutating func receiveAuthority(_ value: Span<UInt8>) {
    hasAuthority = !value.isEmpty
    head.authority.take(value)
  }

  private mutating func receiveTimeout(_ value: Span<UInt8>) {
    head.timeout = GRPCTimeout.parse(value)
    if head.timeout == nil { rarities.value.malformedTimeout = true }
  }

  private mutating func receiveMetadata(name: Span<UInt8>, value: Span<UInt8>) {
    guard !head.metadata.appendReceived(name: name, value: value) else { return }
    guard rarities.value.defect == nil else { return }
    rarities.value.defect = "header \"\(name.text)\" is not valid base64"
  }

  /// Hands over what the block said, and forgets it.
  mutating func takeHead() -> RequestHead {
    if !hasAuthority { head.authority = "" }
    var taken = RequestHead(path: "")
    swap(&taken, &head)
    return taken
  }

  /// Hands over what a block said that is none of gRPC, and forgets it.
  mutating func takeHTTPHead() -> HTTPRequestHead {
    let rare = rarities.value
    let head = takeHead()
    return HTTPRequestHead(
      method: rare.method ?? "POST", target: head.path, authority: head.authority,
      contentType: rare.contentType, fields: head.metadata)
  }

  /// Why a request of gRPC cannot be served, whatever method it names.
  var refusal: Status? {
    guard hasPath, head.path.utf8.first == UInt8(ascii: "/") else {
      return rareRefusal
        ?? Status(.unimplemented, "path is not of the form /service/method")
    }
    return rareRefusal
  }

  private var rareRefusal: Status? {
    guard case .some(let rare) = rarities else { return nil }
    if let encoding = rare.encoding {
      // compression.md: an encoding that the server does not know is UNIMPLEMENTED.
      return Status(
        .unimplemented, "grpc-encoding \"\(encoding)\" is not supported; only identity is")
    }
    // PROTOCOL-HTTP2 names no code for a malformed header; grpc-go and grpc-java use INTERNAL.
    if rare.malformedTimeout {
      return Status(.internalError, "grpc-timeout is not one to eight digits and a unit")
    }
    return rare.defect.map { Status(.internalError, $0) }
  }
}
