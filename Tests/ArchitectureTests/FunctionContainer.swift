/// Finds functions that stand in a generic container as they are.
enum FunctionContainer {
    private static let containers = [
        "Mutex<", "NIOLockedValueBox<", "NIOLoopBound<", "NIOLoopBoundBox<", "UnsafeMutablePointer<", "inout ",
    ]

    /// The names that stand for types of functions.
    private static let aliases: Set<Substring> = Set(
        SourceFile.sources.flatMap(\.code).compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "typealias"), line.contains("->"), place + 1 < words.count else {
                return nil
            }
            return words[place + 1]
        })

    static func isWritten(in line: String) -> Bool {
        line.contains("Mutex({")
            || containers.contains { container in
                arguments(of: container, in: line).contains { argument in
                    argument.contains("->")
                        || argument.split { !$0.isLetter && !$0.isNumber }.contains { aliases.contains($0) }
                }
            }
    }

    /// What stands between the angle brackets, or behind `inout` up to the end of the parameter.
    private static func arguments(of container: String, in line: String) -> [Substring] {
        line.ranges(of: container).map { range in
            var depth = 0
            var before: Character = " "
            let rest = line[range.upperBound...]
            let end = rest.indices.first { index in
                defer { before = rest[index] }
                switch rest[index] {
                case "<", "(", "[": depth += 1
                case ">" where before == "-": break
                case ">", ")", "]":
                    depth -= 1
                    return depth < 0
                case ",": return depth == 0 && container == "inout "
                default: break
                }
                return false
            }
            return rest[..<(end ?? rest.endIndex)]
        }
    }
}
