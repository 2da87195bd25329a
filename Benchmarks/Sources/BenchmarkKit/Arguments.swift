/// The command line: words and `--name value` pairs.
package struct Arguments {
    package private(set) var words: [String] = []
    private var options: [String: String] = [:]

    /// Says what is wrong and ends the process.
    package static func refuse(_ words: String) -> Never {
        StandardError.write("\(words)\n")
        Exit.now(2)
    }

    package init(_ arguments: [String] = Array(CommandLine.arguments.dropFirst())) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                words.append(argument)
                continue
            }
            guard let value = rest.popFirst() else { Self.refuse("\(argument) needs a value") }
            options[String(argument.dropFirst(2))] = value
        }
    }

    package func text(_ name: String) -> String? { options[name] }

    package func number(_ name: String, default value: Int) -> Int {
        guard let text = options[name] else { return value }
        guard let number = Int(text), number >= 0 else { Self.refuse("--\(name) needs a number") }
        return number
    }

    package func seconds(_ name: String) -> Double? {
        guard let text = options[name] else { return nil }
        guard let number = Double(text), number > 0 else { Self.refuse("--\(name) needs a number of seconds") }
        return number
    }

    package func choice<Choice: RawRepresentable>(_ name: String, default value: Choice) -> Choice
    where Choice.RawValue == String {
        guard let text = options[name] else { return value }
        guard let choice = Choice(rawValue: text) else { Self.refuse("--\(name) does not know \(text)") }
        return choice
    }
}
