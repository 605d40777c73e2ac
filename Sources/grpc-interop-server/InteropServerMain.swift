import CommandConsole
import GRPCInterop
import GRPCTransport
import Glibc

@main
private enum Main {
  static func main() async {
    let context = CommandContext.process()
    do {
      let (server, port) = try await InteropPrograms.server(context.arguments)
      try context.print("listening on port \(port)")
      await context.untilTerminated()
      await server.shutdown()
    } catch {
      context.note("FAILED: \(error)")
      exit(1)
    }
    exit(0)
  }
}
