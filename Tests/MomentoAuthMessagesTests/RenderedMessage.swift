import FoundationEssentials
import MomentoAuthMessages
import ProtobufWire
import TestSupport

/// A message that a test can show in protobuf's JSON form, with the names of the `.proto` file.
///
/// Written from that file alone, so that a field that was read into another's place is noticed.
protocol RenderedMessage: WireMessage {
  var json: JSONValue { get }
}

/// The message types by their full protobuf names.
let renderedMessages: [String: any RenderedMessage.Type] = [
  "auth._LoginRequest": LoginRequest.self,
  "auth._LoginResponse": LoginResponse.self,
  "auth._LoginResponse.DirectBrowser": LoginResponse.DirectBrowser.self,
  "auth._LoginResponse.LoggedIn": LoginResponse.LoggedIn.self,
  "auth._LoginResponse.Message": LoginResponse.Message.self,
  "auth._LoginResponse.Error": LoginResponse.Failure.self,
  "auth._GenerateApiTokenRequest": GenerateApiTokenRequest.self,
  "auth._GenerateApiTokenRequest.Never": NeverExpires.self,
  "auth._GenerateApiTokenRequest.Expires": Expires.self,
  "auth._GenerateApiTokenResponse": GenerateApiTokenResponse.self,
  "auth._RefreshApiTokenRequest": RefreshApiTokenRequest.self,
  "auth._RefreshApiTokenResponse": RefreshApiTokenResponse.self,
  "token._GenerateDisposableTokenRequest": GenerateDisposableTokenRequest.self,
  "token._GenerateDisposableTokenRequest.Expires": Expires.self,
  "token._GenerateDisposableTokenResponse": GenerateDisposableTokenResponse.self,
  "permission_messages.Permissions": Permissions.self,
  "permission_messages.ExplicitPermissions": ExplicitPermissions.self,
  "permission_messages.PermissionsType": PermissionsType.self,
  "permission_messages.PermissionsType.All": PermissionsType.All.self,
  "permission_messages.PermissionsType.CacheSelector": PermissionsType.CacheSelector.self,
  "permission_messages.PermissionsType.CacheItemSelector": PermissionsType.CacheItemSelector.self,
  "permission_messages.PermissionsType.CachePermissions": PermissionsType.CachePermissions.self,
  "permission_messages.PermissionsType.TopicSelector": PermissionsType.TopicSelector.self,
  "permission_messages.PermissionsType.TopicPermissions": PermissionsType.TopicPermissions.self,
  "permission_messages.PermissionsType.FunctionSelector": PermissionsType.FunctionSelector.self,
  "permission_messages.PermissionsType.FunctionPermissions":
    PermissionsType.FunctionPermissions.self,
]

/// The fields of a message that are shown, defaults left out.
struct JSONFields {
  private var fields: [String: JSONValue] = [:]

  var json: JSONValue { .object(fields) }

  mutating func add(_ name: String, _ text: String) {
    if !text.isEmpty { fields[name] = .text(text) }
  }

  mutating func add(_ name: String, _ number: UInt32) {
    if number != 0 { fields[name] = .number(Int64(number)) }
  }

  /// 64-bit integers are text, since a number of JSON may not hold them.
  mutating func add(_ name: String, _ number: UInt64) {
    if number != 0 { fields[name] = .text("\(number)") }
  }

  mutating func add(_ name: String, _ number: Int32, _ names: [String]) {
    if number != 0 { addPresent(name, number, names) }
  }

  mutating func add(_ name: String, _ message: (some RenderedMessage)?) {
    if let message { fields[name] = message.json }
  }

  mutating func add(_ name: String, _ messages: [some RenderedMessage]) {
    if !messages.isEmpty { fields[name] = .array(messages.map(\.json)) }
  }

  mutating func addPresent(_ name: String, _ text: String) {
    fields[name] = .text(text)
  }

  mutating func addPresent(_ name: String, _ bytes: [UInt8]) {
    fields[name] = .text(Data(bytes).base64EncodedString())
  }

  /// Enum values are shown by name, or by number if they have none.
  mutating func addPresent(_ name: String, _ number: Int32, _ names: [String]) {
    let known = names.indices.contains(Int(number))
    fields[name] = known ? .text(names[Int(number)]) : .number(Int64(number))
  }
}

/// Shows fields that a closure adds.
func shown(_ add: (inout JSONFields) -> Void) -> JSONValue {
  var fields = JSONFields()
  add(&fields)
  return fields.json
}
