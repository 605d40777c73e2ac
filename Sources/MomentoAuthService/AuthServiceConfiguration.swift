/// How the embedded service behaves where Momento's own behaviour is a setting, a limit, or
/// stated nowhere. The defaults are the safe choices.
public struct AuthServiceConfiguration: Sendable {
  /// What becomes of a refresh token once it has been used.
  public enum RefreshTokens: Sendable, Hashable {
    /// It stays good until its key expires.
    case reusable
    /// It is good once; a second refresh with it is refused.
    case singleUse
  }

  /// Who approves a login.
  public enum LoginApproval: String, Sendable, Hashable, CaseIterable {
    /// Nobody needs to: this is one's own machine.
    case immediate
    /// A person, on the service's page: Login hands out its address, and waits.
    case browser
  }

  /// What becomes of a used refresh token. Momento states it nowhere. Reusable, because that way no
  /// client loses its key when an answer is lost; single use finds clients that rely on it.
  public var refreshTokens = RefreshTokens.reusable
  /// The base host that stands in the keys, from which clients derive `control.`, `cache.` and
  /// `token.` hosts. Clients of a service on this machine override all three with its address.
  public var endpoint = "localhost"
  /// How long a session token works, in seconds.
  public var sessionLifetime: UInt32 = 3_600
  /// Who approves a login.
  public var loginApproval = LoginApproval.immediate
  /// How long a login waits for approval on the page.
  public var loginTimeout: Duration = .seconds(600)
  /// What Login says before it gives the session token, where it is approved at once.
  public var loginMessage = "This is a local service: the login is approved without a browser."
  /// How long a login takes, as one in a browser would: for trying out what waits for it.
  public var loginDelay: Duration = .zero
  /// The longest life of a disposable token, in seconds, itself included. Momento: 25 hours.
  public var longestDisposableLifetime: UInt32 = 90_000
  /// The most permissions that one key or token may have. Momento's quota page: 20.
  public var mostPermissions = 20
  /// The most bytes of a token id. 64, as the SDKs have it, of which some count characters and others
  /// bytes: what has this many bytes is short enough for all.
  public var mostTokenIDBytes = 64
  /// How many auth calls a second are answered. Momento's quota page says 5; unlimited here, because
  /// tests make many keys.
  public var operationsPerSecond: Int?
  /// How many used refresh tokens are remembered at once, where each may be used only once. Beyond
  /// that refreshing is refused, because forgetting one would let it be used again.
  public var mostUsedRefreshTokens = 100_000
  /// Whose keys these are: their claim `sub`.
  public var account = "embedded@momento-auth.local"
  /// How many bytes the items of all caches and the values that topics keep may take together: three
  /// quarters for items, one for topics. Beyond that setting an item is refused, as RESOURCE_EXHAUSTED,
  /// and topics drop their oldest values. 256 MiB.
  public var mostMemory = 256 << 20
  /// The most bytes of one item with its key, and of one value of a topic: 1 MiB. Momento's limit is
  /// a matter of the account.
  public var mostItemBytes = 1 << 20
  /// The most caches that are kept at once.
  public var mostCaches = 1_000
  /// The most subscriptions that are served at once, on all topics.
  public var mostSubscriptions = 1_000
  /// How often a subscriber is told that its subscription stands while nothing is published, and how
  /// soon it is told that its token has expired. Momento states it nowhere.
  public var heartbeatInterval: Duration = .seconds(5)
  /// Whether a subscription ends, with UNAUTHENTICATED, when the token that it was made with expires.
  /// Momento states it nowhere. It does, so that a client which relies on more is found out.
  public var endsSubscriptionsWithTheirTokens = true
  /// The time, in milliseconds since 1970: items expire by it.
  public var nowInMilliseconds: @Sendable () -> UInt64 = { systemMilliseconds() }
  /// The time, in seconds since 1970: keys expire by it. Setting it sets ``nowInMilliseconds`` too.
  public var now: @Sendable () -> UInt64 {
    get { { [nowInMilliseconds] in nowInMilliseconds() / 1_000 } }
    set { nowInMilliseconds = { newValue().multipliedOrMost(by: 1_000) } }
  }

  /// Where signing keys, the list of issued keys and used refresh tokens are kept, so that they outlive
  /// the process, and beside it, with the suffix `.caches`, the caches. Nil for in memory only.
  public var stateFile: String?
  /// Is told when the state cannot be written, in words. It is tried again every second.
  public var stateFailed: @Sendable (String) -> Void = { _ in }
  /// Hears of each call that has ended. It is called on the thread that serves the connection, so it
  /// must return at once.
  public var callEnded: (@Sendable (ServedCall) -> Void)?
  /// Whether the service answers browsers with its page.
  public var servesConsole = true
  /// Whether connections are protected by TLS: the scheme of the page's address.
  var isSecure = false

  /// The defaults.
  public init() {}
}
