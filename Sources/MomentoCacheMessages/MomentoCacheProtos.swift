/// The `.proto` files of Momento's caches and topics, as they stand in `Protos/`: the program carries them
/// along, so that a server can describe itself wherever it runs. A test holds the two equal.
package enum MomentoCacheProtos {
  /// The texts by the names under which files import each other.
  package static let texts: [String: String] = [
    "cacheclient.proto": cacheClient,
    "cacheping.proto": cachePing,
    "cachepubsub.proto": cachePubsub,
    "common.proto": common,
    "controlclient.proto": controlClient,
  ]

  private static let cacheClient = """
    // Momento's caches: values of keys.
    //
    // A description of the wire format for other implementers: names, numbers and types are those that
    // Momento's service uses. Nothing in this package is generated from it. Only what the embedded service
    // answers is here.
    syntax = "proto3";

    package cache_client;

    // Served at cache.<base>. The metadata "authorization" is the credential, "cache" names the cache.
    service Scs {
      rpc Get(_GetRequest) returns (_GetResponse);
      rpc Set(_SetRequest) returns (_SetResponse);
      rpc Delete(_DeleteRequest) returns (_DeleteResponse);
    }

    // How a call went.
    enum ECacheResult {
      Invalid = 0;
      Ok = 1;
      Hit = 2;
      Miss = 3;
    }

    message _GetRequest {
      bytes cache_key = 1;
    }

    // Hit with the value, or Miss without.
    message _GetResponse {
      ECacheResult result = 1;
      bytes cache_body = 2;
      string message = 3;
    }

    message _SetRequest {
      bytes cache_key = 1;
      bytes cache_body = 2;
      uint64 ttl_milliseconds = 3;
    }

    message _SetResponse {
      ECacheResult result = 1;
      string message = 2;
    }

    message _DeleteRequest {
      bytes cache_key = 1;
    }

    message _DeleteResponse {}

    """

  private static let cachePing = """
    // Whether Momento's data plane answers.
    //
    // A description of the wire format for other implementers: names, numbers and types are those that
    // Momento's service uses. Nothing in this package is generated from it. Only what the embedded service
    // answers is here.
    syntax = "proto3";

    package cache_client;

    // Served at cache.<base>.
    service Ping {
      rpc Ping(_PingRequest) returns (_PingResponse);
    }

    message _PingRequest {}

    message _PingResponse {}

    """

  private static let cachePubsub = """
    // Momento's topics: values for whoever listens.
    //
    // A description of the wire format for other implementers: names, numbers and types are those that
    // Momento's service uses. Nothing in this package is generated from it. Only what the embedded service
    // answers is here.
    syntax = "proto3";

    package cache_client.pubsub;

    import "common.proto";

    // Served at cache.<base>. The metadata "authorization" is the credential.
    service Pubsub {
      rpc Publish(_PublishRequest) returns (common._Empty);
      // The first item is a heartbeat, which tells that the subscription stands.
      rpc Subscribe(_SubscriptionRequest) returns (stream _SubscriptionItem);
    }

    message _PublishRequest {
      string cache_name = 1;
      string topic = 2;
      _TopicValue value = 3;
    }

    message _SubscriptionRequest {
      string cache_name = 1;
      string topic = 2;
      // The first number that is wanted, where values are wanted that were published before.
      uint64 resume_at_topic_sequence_number = 3;
      // The page that the number is of.
      uint64 sequence_page = 4;
    }

    message _SubscriptionItem {
      oneof kind {
        _TopicItem item = 1;
        _Discontinuity discontinuity = 2;
        _Heartbeat heartbeat = 3;
      }
    }

    message _TopicItem {
      // One more than that of the value before, within a page.
      uint64 topic_sequence_number = 1;
      _TopicValue value = 2;
      // The token id of the token that the value was published with.
      string publisher_id = 3;
      uint64 sequence_page = 4;
    }

    message _TopicValue {
      oneof kind {
        string text = 1;
        bytes binary = 2;
      }
    }

    // Values between the two numbers are lost to this subscriber.
    message _Discontinuity {
      // The last number that was sent or asked for; 0 where none is known.
      uint64 last_topic_sequence = 1;
      // The number of the value that comes next.
      uint64 new_topic_sequence = 2;
      // Another one than before: the numbers have begun anew.
      uint64 new_sequence_page = 3;
    }

    message _Heartbeat {}

    """

  private static let common = """
    // What several of Momento's services share.
    //
    // A description of the wire format for other implementers: names, numbers and types are those that
    // Momento's service uses. Nothing in this package is generated from it. Only what the embedded service
    // answers is here.
    syntax = "proto3";

    package common;

    message _Empty {}

    """

  private static let controlClient = """
    // Momento's control plane: making, removing and listing caches.
    //
    // A description of the wire format for other implementers: names, numbers and types are those that
    // Momento's service uses. Nothing in this package is generated from it. Only what the embedded service
    // answers is here.
    syntax = "proto3";

    package control_client;

    // Served at control.<base>. The credential is the metadata "authorization".
    service ScsControl {
      rpc CreateCache(_CreateCacheRequest) returns (_CreateCacheResponse);
      rpc DeleteCache(_DeleteCacheRequest) returns (_DeleteCacheResponse);
      rpc ListCaches(_ListCachesRequest) returns (_ListCachesResponse);
    }

    // Of a name that is taken: ALREADY_EXISTS.
    message _CreateCacheRequest {
      string cache_name = 1;
    }

    message _CreateCacheResponse {}

    // Of a name that is unknown: NOT_FOUND.
    message _DeleteCacheRequest {
      string cache_name = 1;
    }

    message _DeleteCacheResponse {}

    message _ListCachesRequest {
      // From the answer before; empty at the start.
      string next_token = 1;
    }

    message _ListCachesResponse {
      repeated _Cache cache = 1;
      // Empty at the end.
      string next_token = 2;
    }

    message _Cache {
      string cache_name = 1;
      _CacheLimits cache_limits = 2;
      _TopicLimits topic_limits = 3;
    }

    // The embedded service sends no limits.
    message _CacheLimits {
      uint32 max_traffic_rate = 1;
      uint32 max_throughput_kbps = 2;
      uint32 max_item_size_kb = 3;
      uint64 max_ttl_seconds = 4;
    }

    message _TopicLimits {
      uint32 max_publish_rate = 1;
      uint32 max_subscription_count = 2;
      uint32 max_publish_message_size_kb = 3;
    }

    """
}
