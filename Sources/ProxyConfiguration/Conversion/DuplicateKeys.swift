/// Finds names given twice in one object, after environment variables were put into them.
enum DuplicateKeys {
    /// Reports every name given twice, at its later place.
    static func check(_ node: ConfigurationNode, at path: ConfigurationPath, _ context: inout ConversionContext) {
        switch node.value {
        case .null, .bool, .number, .string:
            break
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                check(element, at: path.appending(index: index), &context)
            }
        case .object(let members):
            var first: [String: SourcePosition] = [:]
            for member in members {
                let memberPath = path.appending(member.written)
                if let position = first[member.name] {
                    // Also where only the spelling differs (`é` in one or two characters): people would take them for one.
                    context.error(
                        "the key is given twice; the first is at \(position)", at: member.position, memberPath,
                        write: "Keep one of the two")
                }
                first[member.name] = first[member.name] ?? member.position
                check(member.value, at: memberPath, &context)
            }
        }
    }
}
