import ProtobufWire

/// What may be done with the items of a cache. Open: a number that is not known here is kept.
package struct CacheRole: WireEnum {
  package var rawValue: Int32

  package init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  package static let permitNone = CacheRole(rawValue: 0)
  package static let readWrite = CacheRole(rawValue: 1)
  package static let readOnly = CacheRole(rawValue: 2)
  package static let writeOnly = CacheRole(rawValue: 3)
}

/// What may be done with a topic. Open: a number that is not known here is kept.
package struct TopicRole: WireEnum {
  package var rawValue: Int32

  package init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  package static let permitNone = TopicRole(rawValue: 0)
  package static let readWrite = TopicRole(rawValue: 1)
  package static let readOnly = TopicRole(rawValue: 2)
  package static let writeOnly = TopicRole(rawValue: 3)
}

/// What may be done with a function. Open: a number that is not known here is kept.
package struct FunctionRole: WireEnum {
  package var rawValue: Int32

  package init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  package static let permitNone = FunctionRole(rawValue: 0)
  package static let invoke = FunctionRole(rawValue: 1)
}

/// All rights at once. Open: a number that is not known here is kept.
package struct SuperUserPermissions: WireEnum {
  package var rawValue: Int32

  package init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  package static let superUser = SuperUserPermissions(rawValue: 0)
}
