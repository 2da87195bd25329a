import BenchmarkKit

/// An MCP server that costs next to nothing.
///
///     bench-server stdio|http [--era legacy|modern] [--tools N] [--port P]
///
/// `tools/call` is answered with a text of as many bytes as `arguments.size` says; over HTTP as an event stream where
/// `arguments.event` is true.
@main
enum BenchServer {
    static func main() throws {
        let arguments = Arguments()
        let era = arguments.choice("era", default: Era.legacy)
        let book = AnswerBook(era: era, tools: arguments.number("tools", default: 1))
        switch arguments.words.first {
        case "stdio":
            var server = StandardStreamServer(book)
            server.run()
        case "http": try HTTPServer(book, era: era).run(port: arguments.number("port", default: 0))
        default: Arguments.refuse("usage: bench-server stdio|http [--era legacy|modern] [--tools N] [--port P]")
        }
    }
}
