import BenchmarkKit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An MCP server that costs next to nothing.
///
///     bench-server stdio|http [--era legacy|modern] [--tools N] [--port P] [--delay MS] [--protected 1]
///
/// `tools/call` is answered with a text of as many bytes as `arguments.size` says; over HTTP as an event stream where
/// `arguments.event` is true. With a delay, it sleeps for so long before it reads its first message. A protected one lets in
/// only who comes with a token, which it gives to any client that asks for one with credentials of its own.
@main
enum BenchServer {
    static func main() throws {
        let arguments = Arguments()
        let era = arguments.choice("era", default: Era.legacy)
        let book = AnswerBook(era: era, tools: arguments.number("tools", default: 1))
        usleep(UInt32(arguments.number("delay", default: 0)) * 1_000)
        switch arguments.words.first {
        case "stdio":
            var server = StandardStreamServer(book)
            server.run()
        case "http":
            let isProtected = arguments.number("protected", default: 0) > 0
            try HTTPServer(book, era: era, isProtected: isProtected).run(port: arguments.number("port", default: 0))
        default: Arguments.refuse("usage: bench-server stdio|http [--era legacy|modern] [--tools N] …")
        }
    }
}
