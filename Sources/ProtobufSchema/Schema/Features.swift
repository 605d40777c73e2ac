/// What `google.protobuf.FeatureSet` decides: how a file's edition and its options say that fields and
/// enums behave.
package struct Features: Sendable, Equatable {
  package enum FieldPresence: Int32, Sendable {
    case explicit = 1
    case implicit, legacyRequired
  }

  package enum EnumType: Int32, Sendable {
    case open = 1
    case closed
  }

  package enum RepeatedFieldEncoding: Int32, Sendable {
    case packed = 1
    case expanded
  }

  package enum UTF8Validation: Int32, Sendable {
    case verify = 2
    case none
  }

  package enum MessageEncoding: Int32, Sendable {
    case lengthPrefixed = 1
    case delimited
  }

  package enum JSONFormat: Int32, Sendable {
    case allow = 1
    case legacyBestEffort
  }

  package enum NamingStyle: Int32, Sendable {
    case style2024 = 1
    case legacy
    case style2026
  }

  package enum SymbolVisibility: Int32, Sendable {
    case exportAll = 1
    case exportTopLevel, localAll, strict
  }

  package var fieldPresence: FieldPresence
  package var enumType: EnumType
  package var repeatedFieldEncoding: RepeatedFieldEncoding
  package var utf8Validation: UTF8Validation
  package var messageEncoding = MessageEncoding.lengthPrefixed
  package var jsonFormat: JSONFormat
  package var namingStyle: NamingStyle
  /// Of messages and enums that say nothing of their own.
  package var symbolVisibility: SymbolVisibility

  /// What an edition has where no option says otherwise.
  package init(_ edition: Edition) {
    fieldPresence = edition == .proto3 ? .implicit : .explicit
    enumType = edition == .proto2 ? .closed : .open
    repeatedFieldEncoding = edition == .proto2 ? .expanded : .packed
    utf8Validation = edition == .proto2 ? .none : .verify
    jsonFormat = edition == .proto2 ? .legacyBestEffort : .allow
    namingStyle = edition < .edition2024 ? .legacy : .style2024
    symbolVisibility = edition < .edition2024 ? .exportAll : .exportTopLevel
  }

  /// The features of something inside: these, but for what its own options set.
  func overridden(by options: DynamicMessage?) -> Features {
    guard let options, case .message(let set)? = options.value(named: "features") else {
      return self
    }
    var features = self
    set.override(&features.fieldPresence, "field_presence")
    set.override(&features.enumType, "enum_type")
    set.override(&features.repeatedFieldEncoding, "repeated_field_encoding")
    set.override(&features.utf8Validation, "utf8_validation")
    set.override(&features.messageEncoding, "message_encoding")
    set.override(&features.jsonFormat, "json_format")
    set.override(&features.namingStyle, "enforce_naming_style")
    set.override(&features.symbolVisibility, "default_symbol_visibility")
    return features
  }
}

extension DynamicMessage {
  fileprivate func override<Feature: RawRepresentable<Int32>>(
    _ feature: inout Feature, _ name: String
  ) {
    guard case .enumeration(let number)? = value(named: name) else { return }
    feature = Feature(rawValue: number) ?? feature
  }

  /// Whether an option of type bool is set, and how.
  func flag(_ name: String) -> Bool? {
    guard case .bool(let flag)? = value(named: name) else { return nil }
    return flag
  }
}
