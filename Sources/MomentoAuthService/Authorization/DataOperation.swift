/// What a call wants to do, as far as permissions look at it.
package enum DataOperation: Sendable, Hashable {
  /// What is done with the caches themselves.
  package enum ControlAction: String, Sendable, Hashable, CaseIterable {
    /// Makes a cache.
    case createCache = "create a cache"
    /// Removes a cache and all that is in it.
    case deleteCache = "delete a cache"
    /// Tells the names of all caches.
    case listCaches = "list the caches"
  }

  /// What is done with an item.
  package enum ItemAccess: String, Sendable, Hashable, CaseIterable {
    /// Changes nothing.
    case read = "read this item"
    /// Tells nothing of what is stored.
    case write = "write this item"
    /// Changes something and tells, by its success or its answer, what was stored before.
    case conditionalWrite = "write this item in a way that tells what is stored"
  }

  /// Manages caches.
  case control(ControlAction)
  /// Reads or writes the item of a key.
  case item(ItemAccess, cache: String, key: [UInt8])
  /// Sends a message to those who subscribe to a topic.
  case publish(cache: String, topic: String)
  /// Receives what is published to a topic.
  case subscribe(cache: String, topic: String)
  /// Runs a function.
  case invoke(cache: String, function: String)

  /// The item of a text's UTF-8.
  package static func item(
    _ access: ItemAccess, cache: String, key: String
  ) -> DataOperation {
    .item(access, cache: cache, key: Array(key.utf8))
  }
}
