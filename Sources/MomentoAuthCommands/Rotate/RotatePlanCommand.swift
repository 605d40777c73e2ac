import ArgumentParsing
import CommandConsole
import MomentoKeyRotation
import SecretStores

/// `momento-auth rotate plan`
enum RotatePlanCommand {
  static let table = Command(
    "plan",
    abstract: "Say what a rotator would do now, and do nothing.",
    examples: [Example("A key in a file", "momento-auth rotate plan --store file:./key.json")],
    options: [RotateOptions.stores, RotateOptions.spool] + ServiceOptions.table + [.json],
    sections: [RotateOptions.help])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    _ = try await plans(command, context)
  }

  /// Prints the plan of each store.
  static func plans(
    _ command: ParsedCommand, _ context: CommandContext
  ) async throws -> [RotationPlan] {
    let options = try RotateOptions(command, context)
    return try await options.withStores { stores in
      var plans: [RotationPlan] = []
      for store in stores {
        let plan = try await options.rotator(of: store).plan()
        try context.print(
          command.flag("json")
            ? RotateWords.json(plan, store.location).description
            : (plans.isEmpty ? "" : "\n")
              + RotateWords.rows(plan, store.location, at: context.now()).lines(context.style))
        plans.append(plan)
      }
      return plans
    }
  }
}

/// `momento-auth rotate status`
enum RotateStatusCommand {
  static let table = Command(
    "status",
    abstract: "Say how the keys stand; end with 1 when one needs somebody.",
    discussion: [
      "A key needs somebody when the service has refused to renew it, or when it is not renewed "
        + "though little of its life is left."
    ],
    examples: [Example("A key in a file", "momento-auth rotate status --store file:./key.json")],
    options: [RotateOptions.stores, RotateOptions.spool] + ServiceOptions.table + [.json],
    sections: [
      RotateOptions.help,
      HelpSection(
        "JSON",
        [
          #"One object a line: {"store":"...","fingerprint":"1a2b3c4d","issuedAt":...,"#,
          #" "validUntil":...,"due":...,"emergency":...,"next":"...","operation":null,"#,
          #" "refused":false,"staged":false,"spooled":0,"warnings":[]}"#,
          "Times are in epoch seconds, null where they are not known.",
        ]),
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let plans = try await RotatePlanCommand.plans(command, context)
    let now = context.epochSeconds()
    let needsSomebody = plans.contains { plan in
      plan.intent?.phase == .refused || plan.key == nil
        || plan.key?.emergency.map { $0 <= now } == true
    }
    if needsSomebody { throw CommandExit(.failure) }
  }
}
