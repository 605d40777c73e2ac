/// A field of a message, or an extension, all names resolved.
package final class FieldDescriptor: Sendable {
  /// When a field is written and what it means that it is not there.
  package enum Presence: Sendable {
    case implicit, explicit, required
  }

  /// What a field holds; messages and enums by their indices in the schema.
  package enum Content: Sendable, Equatable {
    case scalar
    case message(Int)
    case enumeration(Int)
  }

  package let name: String
  package let fullName: String
  package let jsonName: String
  package let number: Int32
  /// `group` stands for all messages that are written between two tags.
  package let type: FieldType
  package let content: Content
  package let isRepeated: Bool
  /// The fields of a map's entries; nil if the field is no map.
  package let mapTypes: MapTypes?
  package let isPacked: Bool
  package let isExtension: Bool
  package let presence: Presence
  package let verifiesUTF8: Bool
  /// The index in the message's oneofs.
  package let oneof: Int?
  /// The value of a field that is not there; nil if it is a message.
  package let defaultValue: DynamicValue?
  /// The index of the message that the field is of.
  package let containing: Int
  /// What the field may be an option of, by `OptionTarget`; all if empty.
  let targets: [Int32]

  package struct MapTypes: Sendable {
    package let key: FieldDescriptor
    package let value: FieldDescriptor
  }

  init(_ parts: Parts) {
    name = parts.name
    fullName = parts.fullName
    jsonName = parts.jsonName
    number = parts.number
    type = parts.type
    content = parts.content
    isRepeated = parts.isRepeated
    mapTypes = parts.mapTypes
    isPacked = parts.isPacked
    isExtension = parts.isExtension
    presence = parts.presence
    verifiesUTF8 = parts.verifiesUTF8
    oneof = parts.oneof
    defaultValue = parts.defaultValue
    containing = parts.containing
    targets = parts.targets
  }

  /// What a descriptor is made of.
  struct Parts {
    var name = ""
    var fullName = ""
    var jsonName = ""
    var number: Int32 = 0
    var type = FieldType.int32
    var content = Content.scalar
    var isRepeated = false
    var mapTypes: MapTypes?
    var isPacked = false
    var isExtension = false
    var presence = Presence.explicit
    var verifiesUTF8 = false
    var oneof: Int?
    var defaultValue: DynamicValue?
    var containing = 0
    var targets: [Int32] = []
  }

  package var isMap: Bool { mapTypes != nil }

  /// The name between brackets that an extension has in JSON and in the text format.
  package var displayName: String { isExtension ? "[\(fullName)]" : name }
}
