import MomentoAuthMessages
import MomentoCacheMessages
import ProtobufSchema
import ProtobufWire

@testable import EtcdSecretStore
@testable import GRPCStandardServices
@testable import GoogleSecretStore

/// Protobuf: hand-written messages, schemas, and the forms of dynamic messages.
enum MessageTargets {
  /// What decodes is encoded so that it decodes to the same.
  static func authMessages(_ input: [UInt8]) {
    roundTrip(GenerateApiTokenRequest.self, input)
    roundTrip(GenerateApiTokenResponse.self, input)
    roundTrip(GenerateDisposableTokenRequest.self, input)
    roundTrip(GenerateDisposableTokenResponse.self, input)
    roundTrip(LoginRequest.self, input)
    roundTrip(LoginResponse.self, input)
    roundTrip(RefreshApiTokenRequest.self, input)
    roundTrip(RefreshApiTokenResponse.self, input)
    roundTrip(Permissions.self, input)
  }

  /// The messages of caches and topics, of the stores that speak gRPC, and of gRPC's own services.
  static func storeMessages(_ input: [UInt8]) {
    roundTrip(SetRequest.self, input)
    roundTrip(GetResponse.self, input)
    roundTrip(SubscriptionRequest.self, input)
    roundTrip(SubscriptionItem.self, input)
    roundTrip(ListCachesResponse.self, input)
    roundTrip(RangeResponse.self, input)
    roundTrip(TransactionRequest.self, input)
    roundTrip(TransactionResponse.self, input)
    roundTrip(WatchResponse.self, input)
    roundTrip(GoogleSecret.self, input)
    roundTrip(AccessSecretVersionResponse.self, input)
    roundTrip(ListSecretVersionsResponse.self, input)
    roundTrip(ReflectionRequest<ReflectionV1>.self, input)
    roundTrip(HealthCheckRequest.self, input)
  }

  private static func roundTrip<Message: WireMessage>(_ type: Message.Type, _ input: [UInt8]) {
    guard let message = try? Message(decoding: input), let bytes = try? message.encoded() else {
      return
    }
    require((try? Message(decoding: bytes)) == message, "\(Message.messageName) comes back")
  }

  static func protoFile(_ input: [UInt8]) {
    var loader = ProtoLoader { name in
      name == "input.proto" ? input : MomentoProtos.texts[name].map { Array($0.utf8) }
    }
    try? loader.load("input.proto")
  }

  private static let kinds: (schema: Schema, type: MessageDescriptor)? = {
    var loader = ProtoLoader { name in
      let text = SeedFiles.read(name)
      return text.isEmpty ? nil : text
    }
    do { try loader.load("kinds3.proto") } catch { require(false, "kinds3.proto loads: \(error)") }
    let schema = loader.schema
    return schema.message(named: "fixtures.kinds3.Kinds").map { (schema, $0) }
  }()

  /// JSON is read; what is written of it is read as the same. The same bytes in the binary form, too.
  static func json(_ input: [UInt8]) {
    guard let (schema, type) = kinds else { return require(false, "FUZZ_FILES has kinds3.proto") }
    let found =
      (try? DynamicMessage(json: input, type, of: schema))
      ?? (try? DynamicMessage(decoding: input, type, of: schema))
    guard let message = found, let text = try? message.json() else { return }
    guard let again = try? DynamicMessage(json: Array(text.utf8), type, of: schema),
      let same = try? again.json()
    else { return require(false, "our own JSON is read: \(text)") }
    require(same == text, "\(text) comes back as \(same)")
  }

  static func textFormat(_ input: [UInt8]) {
    guard let (schema, type) = kinds else { return require(false, "FUZZ_FILES has kinds3.proto") }
    guard let message = try? DynamicMessage(text: input, type, of: schema) else { return }
    let text = message.text()
    guard let again = try? DynamicMessage(text: Array(text.utf8), type, of: schema) else {
      return require(false, "our own text is read: \(text)")
    }
    require(again.text() == text, "\(text) comes back as \(again.text())")
  }
}
