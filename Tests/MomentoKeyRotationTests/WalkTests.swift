import SecretStores
import TestSupport
import Testing

@testable import MomentoKeyRotation

/// Two rotators on one store take turns at random, crash, see the store late and lose answers.
@Suite struct WalkTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var isSingleUse: Bool
    var publishesOnStage: Bool
    var hasSpool: Bool
    var testDescription: String {
      "\(isSingleUse ? "single-use" : "reusable"), \(publishesOnStage ? "published" : "hidden"), \(hasSpool ? "spool" : "no spool")"
    }
    static let all = [false, true].flatMap { single in
      [false, true].flatMap { published in
        [false, true].map {
          Setting(isSingleUse: single, publishesOnStage: published, hasSpool: $0)
        }
      }
    }
  }

  @Test(arguments: Setting.all)
  func noWalkLosesTheKey(setting: Setting) {
    for seed in UInt64(0)..<125 {
      var world = ModelWorld(
        seed: seed, isSingleUse: setting.isSingleUse,
        publishesOnStage: setting.publishesOnStage, hasSpool: setting.hasSpool)
      guard walk(&world, seed) else { return }
    }
  }

  private func walk(_ world: inout ModelWorld, _ seed: UInt64) -> Bool {
    for _ in 0..<Int.random(in: 1...40, using: &world.random) {
      let index = Int.random(in: 0..<2, using: &world.random)
      _ = world.turn(index, withFaults: true)
      guard let current = world.snapshot.current, world.authenticates(current.document) else {
        Issue.record("walk \(seed): the current key does not work")
        return false
      }
    }
    guard settle(&world) else {
      Issue.record("walk \(seed): it does not come to rest")
      return false
    }
    return check(world, seed)
  }

  /// Lets both go on undisturbed until neither has anything to do.
  private func settle(_ world: inout ModelWorld) -> Bool {
    var resting = 0
    // Each begins a run of its own.
    for index in world.rotators.indices { world.rotators[index].machine.begin(isForced: false) }
    for turn in 0..<2_000 {
      switch world.turn(turn % 2, withFaults: false) {
      case .rest, .stop: resting += 1
      default: resting = 0
      }
      if resting == 2 { return true }
    }
    return false
  }

  private func check(_ world: ModelWorld, _ seed: UInt64) -> Bool {
    let isMarked = world.snapshot.intent?.phase == .refused
    let isWell =
      if isMarked {
        // Only a key that was lost on its way is an excuse.
        world.isSingleUse && world.lostAKey && world.currentNumber == 0
      } else {
        world.isRenewable && world.currentNumber > 0 && world.snapshot.intent == nil
          && world.snapshot.pending == nil
          && world.rotators.allSatisfy { $0.spooled.isEmpty && $0.inHand == nil }
      }
    if !isWell {
      Issue.record(
        "walk \(seed): key \(world.currentNumber), marked \(isMarked), lost \(world.lostAKey), \(world.snapshot)"
      )
    }
    return isWell
  }
}
