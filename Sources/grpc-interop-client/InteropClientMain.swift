import CommandConsole
import GRPCInterop
import Glibc

@main
private enum Main {
  static func main() async {
    let context = CommandContext.process()
    do {
      try context.print(try await InteropPrograms.client(context.arguments))
    } catch {
      context.note("FAILED: \(error)")
      exit(1)
    }
    exit(0)
  }
}
