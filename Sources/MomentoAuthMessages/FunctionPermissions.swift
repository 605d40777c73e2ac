package import ProtobufWire

extension PermissionsType {
  /// A permission for functions.
  package struct FunctionPermissions: WireMessage {
    package enum Field: UInt32, WireField {
      case role = 1
      case allCaches = 2
      case cacheSelector = 3
      case allFunctions = 4
      case functionSelector = 5
    }

    /// In which caches.
    package enum Cache: Sendable, Equatable {
      case allCaches(All)
      case cacheSelector(CacheSelector)
    }

    /// Which functions.
    package enum Function: Sendable, Equatable {
      case allFunctions(All)
      case functionSelector(FunctionSelector)
    }

    package static let messageName = "permission_messages.PermissionsType.FunctionPermissions"
    package var role: FunctionRole = .permitNone
    package var cache: Cache?
    package var function: Function?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(role: FunctionRole = .permitNone, cache: Cache? = nil, function: Function? = nil) {
      self.role = role
      self.cache = cache
      self.function = function
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .role: try reader.read(.enumeration(FunctionRole.self), &role, bytes)
      case .allCaches:
        try reader.read(.message(All.self), &cache, bytes, Cache.allCaches) {
          if case .allCaches(let value) = $0 { value } else { nil }
        }
      case .cacheSelector:
        try reader.read(.message(CacheSelector.self), &cache, bytes, Cache.cacheSelector) {
          if case .cacheSelector(let value) = $0 { value } else { nil }
        }
      case .allFunctions:
        try reader.read(.message(All.self), &function, bytes, Function.allFunctions) {
          if case .allFunctions(let value) = $0 { value } else { nil }
        }
      case .functionSelector:
        try reader.read(
          .message(FunctionSelector.self), &function, bytes, Function.functionSelector
        ) {
          if case .functionSelector(let value) = $0 { value } else { nil }
        }
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      switch function {
      case .allFunctions(let value):
        writer.writePresent(.message(All.self), value, Field.allFunctions)
      case .functionSelector(let value):
        writer.writePresent(.message(FunctionSelector.self), value, Field.functionSelector)
      case nil: break
      }
      switch cache {
      case .allCaches(let value):
        writer.writePresent(.message(All.self), value, Field.allCaches)
      case .cacheSelector(let value):
        writer.writePresent(.message(CacheSelector.self), value, Field.cacheSelector)
      case nil: break
      }
      writer.write(.enumeration(FunctionRole.self), role, Field.role)
    }
  }
}
