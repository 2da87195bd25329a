/// Refuses `${file:…}` in texts of clients: they name files of the machine that the proxy runs on.
enum FileReferences {
    /// Reports every text and name that has one. Nothing else that begins with a dollar sign means anything there.
    static func refuse(in node: ConfigurationNode, at path: ConfigurationPath, _ context: inout ConversionContext) {
        switch node.value {
        case .null, .bool, .number: break
        case .string(let text): refuse(text, node.position, path, &context)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                refuse(in: element, at: path.appending(index: index), &context)
            }
        case .object(let members):
            for member in members {
                let memberPath = path.appending(member.written)
                refuse(member.name, member.position, memberPath, &context)
                refuse(in: member.value, at: memberPath, &context)
            }
        }
    }

    private static func refuse(
        _ text: String, _ position: SourcePosition, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        guard text.range(ofFirst: "${file:") != nil else { return }
        context.error(
            "${file:…} reads files of the proxy's machine, which is for the operator's own file alone", at: position,
            path, write: "Write the value itself, or have the operator put the server into the configuration file")
    }
}
