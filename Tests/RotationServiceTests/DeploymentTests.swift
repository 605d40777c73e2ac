import Foundation
import RotationFakes
import Testing

@testable import RotationService

@Suite struct DeploymentTests {
  private static func file(_ path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "Sources/RotationService/Deployment/\(path)")
    return String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  /// Neither a right too few, which shows on the day of the first rotation, nor one too many.
  @Test func aFunctionMayDoInSecretsManagerWhatItDoesAndNothingElse() async throws {
    let byContract = try FunctionFixture()
    byContract.beginRotation()
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
      _ = try await byContract.handle(FunctionFixture.step(step))
    }
    let bySchedule = try FunctionFixture()
    _ = try await bySchedule.handle("{}")
    #expect(bySchedule.currentKey == "new 1")
    let template = try Self.file("lambda/template.yaml")
    let allowed = Set(
      template.matches(of: #/- secretsmanager:(\w+)\n/#).map { String($0.output.1) })
    for fixture in [byContract, bySchedule] {
      #expect(Set(fixture.aws.calls.map(\.action)) == allowed)
    }
    #expect(!template.contains("secretsmanager:*"))
  }

  @Test func alarmsAreAboutFiguresThatThereAre() throws {
    let template = try Self.file("lambda/template.yaml")
    #expect(template.contains("Namespace: \(EmbeddedMetrics.namespace)\n"))
    let name = EmbeddedMetrics.Figure.secondsToExpiry(0).name
    #expect(template.contains("MetricName: \(name)\n"))
  }
}
