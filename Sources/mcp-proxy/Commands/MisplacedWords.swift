import ArgumentParser
import ClientFiles
import ProxyConfiguration

/// What stands in the wrong place of a command line, so that the parser would complain of something else.
enum MisplacedWords {
    /// Why the arguments cannot be used, in words; nil if that is for others to say.
    static func fault(in arguments: [String]) -> String? {
        optionBeforeCommand(arguments) ?? unknownPinsCommand(arguments) ?? searchWithoutQuotes(arguments)
    }

    /// An option of a command in front of it.
    private static func optionBeforeCommand(_ arguments: [String]) -> String? {
        guard let option = GoStyleArguments.unknownOption(beforeCommandOf: arguments) else { return nil }
        let commands = ServeCommand.configuration.subcommands
        for word in arguments.drop(while: { $0 != option }).dropFirst() {
            guard let command = commands.first(where: { $0.configuration.commandName == word }) else { continue }
            let name = String(option.prefix { $0 != "=" })
            guard takes(name, command) else { continue }
            return
                "\(ShownText.plain(name)) is an option of \(word): write it behind that, as in mcp-proxy \(word) … \(ShownText.plain(name))"
        }
        return nil
    }

    private static func takes(_ option: String, _ command: any ParsableCommand.Type) -> Bool {
        let all = [command] + command.configuration.subcommands
        return all.contains { one in
            ServeCommand.helpMessage(for: one).split(whereSeparator: { " ,[]|\n".contains($0) })
                .contains { $0 == option }
        }
    }

    /// What is no command of `pins` would be taken for a server.
    private static func unknownPinsCommand(_ arguments: [String]) -> String? {
        let rest = behind("pins", arguments)
        guard let word = rest.first, rest.count > 1, !rest[1].hasPrefix("-"), !word.hasPrefix("-") else { return nil }
        let known = PinsCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard !(known + ["help"]).contains(word) else { return nil }
        let advice = nearestKey(to: word, in: known).map { "Did you mean \"\($0)\"?" }
        return "there is no command \"pins \(ShownText.plain(word))\". "
            + (advice ?? "The commands are: \(known.joined(separator: ", "))")
    }

    /// The words of a search in several arguments. With two of them the second one may be the server.
    private static func searchWithoutQuotes(_ arguments: [String]) -> String? {
        let words = behind("tools", arguments).drop { $0 != "--search" }.dropFirst().prefix { !$0.hasPrefix("-") }
        guard words.count > 2 else { return nil }
        return
            "--search takes one text; put the words in quotes: --search \"\(ShownText.plain(words.joined(separator: " ")))\""
    }

    /// What stands behind a command; nothing where that is not the command.
    private static func behind(_ command: String, _ arguments: [String]) -> [String] {
        guard GoStyleArguments.subcommand(of: arguments) == command else { return [] }
        return Array(arguments.drop { $0 != command }.dropFirst())
    }
}
