/// When a key is renewed, and how patiently. The defaults suit almost everybody.
public struct RotationPolicy: Sendable, Hashable {
  /// The part of its life after which a key is due.
  public var dueFraction = 2.0 / 3
  /// The part of its life by which a key may be due sooner, so that not all keys are at once.
  public var jitterFraction = 0.1
  /// The last part of its life, in which a key is renewed whatever else speaks against it.
  public var emergencyFraction = 1.0 / 20
  /// How many checks the emergency lasts at least.
  public var emergencyChecks = 5
  /// How often a running rotator looks.
  public var checkInterval: Duration = .seconds(60)
  /// The shortest time between two looks, however often the store hints at changes.
  public var leastCheckGap: Duration = .seconds(2)
  /// The part of its life before which no key is renewed again: what ends a loop of renewals.
  public var guardFraction = 1.0 / 10
  /// The least time between two renewals that were asked for by hand.
  public var leastForcedGap: Duration = .seconds(10)
  /// A new key whose life is a smaller part than this of the old one's is cause for alarm.
  public var collapsedLifetimeFraction = 1.0 / 10
  /// The least time until the renewal of a key whose life has collapsed.
  public var collapsedGap: Duration = .seconds(600)
  /// The longest wait after the first failure; it doubles with each further one.
  public var firstBackoff: Duration = .seconds(10)
  /// The longest wait after any failure.
  public var mostBackoff: Duration = .seconds(300)
  /// The wait after a failure in the emergency.
  public var lateRetry: Duration = .seconds(60)
  /// The longest that the call for a new key may take.
  public var callDeadline: Duration = .seconds(60)
  /// The longest that one test of a key may take.
  public var probeDeadline: Duration = .seconds(15)
  /// How long another rotator's claim is respected without any sign of life: the deadline of its
  /// call, and as long again twice to keep what came of it.
  public var claimLife: Duration = .seconds(180)
  /// How far the clocks of two rotators may differ.
  public var clockSkew: Duration = .seconds(60)
  /// How long a new key may be unknown to the service before it is taken for a bad one.
  public var probePatience: Duration = .seconds(30)
  /// The wait between two tests of a key.
  public var probeInterval: Duration = .seconds(2)
  /// How often, in one run, a step is tried again whose failure may pass.
  public var quickRetries = 3
  /// The longest wait before such a try.
  public var quickRetryWait: Duration = .seconds(2)

  /// The defaults: a key is due after two thirds of its life, and looked at every minute.
  public init() {}
}
