/// The `.proto` files of Momento's services, as they stand in `Protos/`: the program carries them along, so
/// that a server can describe itself wherever it runs. A test holds the two equal.
package enum MomentoProtos {
  /// The texts by the names under which files import each other.
  package static let texts: [String: String] = [
    "auth.proto": auth,
    "permissionmessages.proto": permissionMessages,
    "token.proto": token,
  ]

  private static let auth = """
    // Momento's auth service: API keys, their refresh, and the login of a person.
    //
    // A description of the wire format for other implementers: names, numbers and types are those that
    // Momento's service uses. Nothing in this package is generated from it.
    syntax = "proto3";

    package auth;

    import "permissionmessages.proto";

    // Served at control.<base>, port 443. Credentials are in the request's body.
    service Auth {
      rpc Login(_LoginRequest) returns (stream _LoginResponse);
      rpc GenerateApiToken(_GenerateApiTokenRequest) returns (_GenerateApiTokenResponse);
      rpc RefreshApiToken(_RefreshApiTokenRequest) returns (_RefreshApiTokenResponse);
    }

    message _LoginRequest {}

    // One step of a login. logged_in and error end it; the others may come any number of times before.
    message _LoginResponse {
      // A page that the person has to open.
      message DirectBrowser {
        string url = 1;
      }

      message LoggedIn {
        string session_token = 1;
        // Counted from when the token was made.
        uint32 valid_for_seconds = 2;
      }

      // Text to show to the person.
      message Message {
        string text = 1;
      }

      message Error {
        string description = 1;
      }

      oneof state {
        DirectBrowser direct_browser = 1;
        LoggedIn logged_in = 2;
        Message message = 3;
        Error error = 4;
      }
    }

    message _GenerateApiTokenRequest {
      message Never {}

      message Expires {
        uint32 valid_for_seconds = 1;
      }

      oneof expiry {
        Never never = 1;
        Expires expires = 2;
      }
      // The credential of the caller: a session token or an API key.
      string auth_token = 3;
      permission_messages.Permissions permissions = 4;
      string token_id = 5;
      string description = 6;
    }

    message _GenerateApiTokenResponse {
      string api_key = 1;
      string refresh_token = 2;
      // The base of the host names that the key is for.
      string endpoint = 3;
      // Seconds since 1970; 0 if the key never expires.
      uint64 valid_until = 4;
    }

    message _RefreshApiTokenRequest {
      string api_key = 1;
      string refresh_token = 2;
    }

    // The fields of _GenerateApiTokenResponse.
    message _RefreshApiTokenResponse {
      string api_key = 1;
      string refresh_token = 2;
      string endpoint = 3;
      uint64 valid_until = 4;
    }

    """

  private static let permissionMessages = """
    // What a Momento token may do.
    //
    // A description of the wire format for other implementers: names, numbers and types are those that
    // Momento's service uses. Nothing in this package is generated from it.
    syntax = "proto3";

    package permission_messages;

    // Rights to the items of caches.
    enum CacheRole {
      CachePermitNone = 0;
      CacheReadWrite = 1;
      CacheReadOnly = 2;
      CacheWriteOnly = 3;
    }

    // Rights to topics: to read is to subscribe, to write is to publish.
    enum TopicRole {
      TopicPermitNone = 0;
      TopicReadWrite = 1;
      TopicReadOnly = 2;
      TopicWriteOnly = 3;
    }

    // Rights to functions.
    enum FunctionRole {
      FunctionPermitNone = 0;
      FunctionInvoke = 1;
    }

    // All rights at once. The only member is 0, and is written all the same since it is in a oneof.
    enum SuperUserPermissions {
      SuperUser = 0;
    }

    // Everything, or what a list says.
    message Permissions {
      oneof kind {
        SuperUserPermissions super_user = 1;
        ExplicitPermissions explicit = 2;
      }
    }

    // Any one entry that fits grants; an empty list grants nothing.
    message ExplicitPermissions {
      repeated PermissionsType permissions = 1;
    }

    // One entry of the list.
    message PermissionsType {
      // Every one of its kind.
      message All {}

      message CacheSelector {
        oneof kind {
          string cache_name = 1;
        }
      }

      // Keys are bytes, not text.
      message CacheItemSelector {
        oneof kind {
          bytes key = 1;
          bytes key_prefix = 2;
        }
      }

      message CachePermissions {
        CacheRole role = 1;
        oneof cache {
          All all_caches = 2;
          CacheSelector cache_selector = 3;
        }
        // Unset means the whole cache, as all_items does.
        oneof cache_item {
          All all_items = 4;
          CacheItemSelector item_selector = 5;
        }
      }

      message TopicSelector {
        oneof kind {
          string topic_name = 1;
          string topic_name_prefix = 2;
        }
      }

      message TopicPermissions {
        TopicRole role = 1;
        oneof cache {
          All all_caches = 2;
          CacheSelector cache_selector = 3;
        }
        oneof topic {
          All all_topics = 4;
          TopicSelector topic_selector = 5;
        }
      }

      message FunctionSelector {
        oneof kind {
          string function_name = 1;
          string function_name_prefix = 2;
        }
      }

      message FunctionPermissions {
        FunctionRole role = 1;
        oneof cache {
          All all_caches = 2;
          CacheSelector cache_selector = 3;
        }
        oneof function {
          All all_functions = 4;
          FunctionSelector function_selector = 5;
        }
      }

      oneof kind {
        CachePermissions cache_permissions = 1;
        TopicPermissions topic_permissions = 2;
        FunctionPermissions function_permissions = 3;
      }
    }

    """

  private static let token = """
    // Momento's token service: tokens for an hour or less, which cannot be refreshed.
    //
    // A description of the wire format for other implementers: names, numbers and types are those that
    // Momento's service uses. Nothing in this package is generated from it.
    syntax = "proto3";

    package token;

    import "permissionmessages.proto";

    // Served at token.<base>, port 443. The credential is in the request's body.
    service Token {
      rpc GenerateDisposableToken(_GenerateDisposableTokenRequest)
          returns (_GenerateDisposableTokenResponse);
    }

    // The numbers differ from those of auth._GenerateApiTokenRequest.
    message _GenerateDisposableTokenRequest {
      message Expires {
        uint32 valid_for_seconds = 1;
      }

      Expires expires = 1;
      // The credential of the caller: an API key.
      string auth_token = 2;
      permission_messages.Permissions permissions = 3;
      string token_id = 4;
    }

    message _GenerateDisposableTokenResponse {
      string api_key = 1;
      string endpoint = 2;
      // Seconds since 1970.
      uint64 valid_until = 3;
    }

    """
}
