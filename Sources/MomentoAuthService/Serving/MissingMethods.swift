import GRPCCall
import MomentoCacheMessages

/// The methods of Momento's services that this one has not got, so that each is refused by its name
/// and not as one that never was.
enum MissingMethods {
  typealias Keyed = MethodDescriptor<KeyedRequest, KeyedRequest>

  static func keyed(_ name: String) -> Keyed {
    Keyed(service: CacheMethods.service, method: name, kind: .unary)
  }

  /// Those of `cache_client.Scs` whose request is about one key, and what they do with it. Those that
  /// change something and answer with what was, or with a length, tell what is stored.
  static let ofOneKey: [(String, DataOperation.ItemAccess)] =
    reading.map { ($0, .read) } + writing.map { ($0, .write) }
    + telling.map { ($0, .conditionalWrite) }

  private static let reading = [
    "GetWithHash", "ItemGetTtl", "ItemGetType", "DictionaryGet", "DictionaryFetch",
    "DictionaryLength", "SetFetch", "SetSample", "SetContains", "SetLength", "ListFetch",
    "ListLength", "SortedSetFetch", "SortedSetGetScore", "SortedSetGetRank", "SortedSetLength",
    "SortedSetLengthByScore",
  ]

  private static let writing = [
    "DictionarySet", "DictionaryDelete", "SetUnion", "SetDifference", "ListErase", "ListRemove",
    "ListRetain", "SortedSetPut", "SortedSetRemove",
  ]

  private static let telling = [
    "SetIf", "SetIfHash", "SetIfNotExists", "Increment", "UpdateTtl", "DictionaryIncrement",
    "SetPop", "ListPushFront", "ListPushBack", "ListPopFront", "ListPopBack",
    "ListConcatenateFront", "ListConcatenateBack", "SortedSetIncrement", "SortedSetUnionStore",
  ]

  /// All others.
  static let others: [Keyed] =
    ["GetBatch", "SetBatch", "KeysExist"].map(keyed)
    + [
      "FlushCache", "CreateSigningKey", "RevokeSigningKey", "ListSigningKeys", "CreateIndex",
      "DeleteIndex", "ListIndexes",
    ].map { Keyed(service: ControlMethods.service, method: $0, kind: .unary) }

  /// What a service has here.
  static func instead(of service: String) -> String {
    service == ControlMethods.service
      ? "of caches, it has CreateCache, DeleteCache and ListCaches"
      : "of items, it has Get, Set and Delete"
  }
}
