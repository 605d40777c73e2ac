import GRPCCall
import GRPCTransport
import MomentoAuth
import ProtobufWire
import SecretStores
import TLSSession

/// The calls of one secret to Secret Manager.
final class SecretManagerClient: Sendable {
  /// `projects/P/secrets/S` or `projects/P/locations/L/secrets/S`.
  let resource: String
  let location: StoreLocation
  private let channel: Channel
  private let tokens: (any AccessTokens)?

  init(
    resource: String, location: StoreLocation, endpoint: GoogleEndpoint,
    tokens: (any AccessTokens)?, timeout: Duration? = nil
  ) throws(SecretStoreError) {
    self.resource = resource
    self.location = location
    self.tokens = tokens
    var configuration = ChannelConfiguration()
    configuration.transportSecurity = endpoint.security
    configuration.defaultDeadline = timeout ?? .seconds(15)
    configuration.connectTimeout = timeout ?? .seconds(5)
    do {
      channel = try Channel(target: endpoint.target, configuration: configuration)
    } catch {
      throw SecretStoreError(
        .misconfigured, at: location, operation: "open", error.message, delivery: .notSent)
    }
  }

  func close() async { await channel.shutdown() }

  func secret() async throws(SecretStoreError) -> GoogleSecret {
    try await call(
      SecretManagerMethods.getSecret, GetSecretRequest(name: resource), name: ("name", resource))
  }

  /// Changes some fields, if the secret still has the etag that it carries.
  func update(
    _ secret: GoogleSecret, fields: [String]
  ) async throws(SecretStoreError) -> GoogleSecret {
    var secret = secret
    secret.name = resource
    return try await call(
      SecretManagerMethods.updateSecret,
      UpdateSecretRequest(secret: secret, updateMask: FieldMask(paths: fields)),
      name: ("secret.name", resource))
  }

  /// Adds a version, and makes sure that it has arrived whole.
  ///
  /// - Returns: its number.
  func add(_ data: [UInt8]) async throws(SecretStoreError) -> Int64 {
    let payload = SecretPayload(data: data, dataCRC32C: Int64(Crypto.crc32c(data)))
    let version = try await call(
      SecretManagerMethods.addSecretVersion,
      AddSecretVersionRequest(parent: resource, payload: payload), name: ("parent", resource))
    guard let number = version.number else {
      throw unreadable("AddSecretVersion", "the new version has no number", delivery: .unknown)
    }
    return number
  }

  /// What a version holds. Damage on the way is mended by asking again.
  func access(_ version: Int64) async throws(SecretStoreError) -> [UInt8] {
    let name = "\(resource)/versions/\(version)"
    for _ in 0..<3 {
      let payload = try await call(
        SecretManagerMethods.accessSecretVersion, AccessSecretVersionRequest(name: name),
        name: ("name", name)
      ).payload
      guard let payload else { continue }
      guard let sum = payload.dataCRC32C else { return payload.data }
      if sum == Int64(Crypto.crc32c(payload.data)) { return payload.data }
    }
    throw unreadable("AccessSecretVersion", "version \(version) does not match its checksum")
  }

  /// The numbers of the enabled versions above a number, the newest first.
  func enabledVersions(above number: Int64) async throws(SecretStoreError) -> [Int64] {
    var numbers: [Int64] = []
    var page = ""
    repeat {
      let answer = try await call(
        SecretManagerMethods.listSecretVersions,
        ListSecretVersionsRequest(
          parent: resource, pageSize: 100, pageToken: page, filter: "state:ENABLED"),
        name: ("parent", resource))
      let all = answer.versions.compactMap(\.number)
      numbers += answer.versions.filter { $0.state == .enabled }.compactMap(\.number)
        .filter { $0 > number }
      page = answer.nextPageToken
      // They come newest first: below here there is nothing of interest.
      if let last = all.last, last <= number { break }
    } while !page.isEmpty
    return numbers.sorted(by: >)
  }

  /// Which of some rights on the secret the caller has.
  func granted(_ permissions: [String]) async throws(SecretStoreError) -> Set<String> {
    let answer = try await call(
      SecretManagerMethods.testPermissions,
      TestPermissionsRequest(resource: resource, permissions: permissions),
      name: ("resource", resource))
    return Set(answer.permissions)
  }

  // MARK: Inner

  /// Makes a call; where the token is refused, once more with a new one.
  private func call<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request,
    name: (field: String, value: String)
  ) async throws(SecretStoreError) -> Response {
    do {
      return try await callOnce(method, request, name)
    } catch {
      guard error.kind == .unauthenticated, error.delivery == .answered, let tokens,
        tokens.forget()
      else { throw error }
      return try await callOnce(method, request, name)
    }
  }

  private func callOnce<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request,
    _ name: (field: String, value: String)
  ) async throws(SecretStoreError) -> Response {
    var metadata: Metadata = [
      "x-goog-request-params": "\(name.field)=\(Self.urlEncoded(name.value))"
    ]
    if let tokens {
      let token = try await tokens.token()
      metadata = [
        "x-goog-request-params": "\(name.field)=\(Self.urlEncoded(name.value))",
        "authorization": "Bearer \(token.reveal())",
      ]
    }
    do {
      return try await channel.unary(method, request, metadata: metadata).message
    } catch {
      throw GoogleFailure(error: error, location: location, operation: method.method).storeError
    }
  }

  private func unreadable(
    _ operation: String, _ message: String, delivery: Delivery = .answered
  ) -> SecretStoreError {
    SecretStoreError(
      .unreadable, at: location, operation: operation, message, delivery: delivery)
  }

  /// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
  private static func urlEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let bytes = text.utf8.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        [byte]
      default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension SecretVersion {
  /// The number at the end of its name.
  var number: Int64? {
    name.split(separator: "/").last.flatMap { Int64($0) }
  }
}
