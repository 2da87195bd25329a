import MCPValues

/// Reads `overrides` of a group.
enum OverrideConversion {
    /// Reads all of them, in the order written.
    static func overrides(in reader: ObjectReader, _ context: inout ConversionContext) -> [ToolOverride] {
        reader.members("overrides", &context).compactMap { member, path in
            if member.name.isEmpty {
                context.error("the name of the tool is empty", at: member.position, path, write: "Remove it")
            }
            guard let reader = ObjectReader(member.value, scope: .toolOverride, path: path, &context) else {
                return nil
            }
            return ToolOverride(
                tool: member.name, name: reader.nonEmptyText("name", &context),
                title: reader.nonEmptyText("title", &context),
                description: reader.nonEmptyText("description", &context), presets: arguments(in: reader, &context))
        }
    }

    private static func arguments(
        in reader: ObjectReader, _ context: inout ConversionContext
    ) -> [ToolOverride.Preset] {
        reader.members("arguments", &context).compactMap { member, path in
            if member.name.isEmpty {
                context.error("the name of the argument is empty", at: member.position, path, write: "Remove it")
            }
            guard member.value.members != nil else {
                context.error(
                    "an object with the value is expected, but this is \(member.value.kind)",
                    at: member.value.position, path, write: #"Write {"value": …}"#)
                return nil
            }
            guard let reader = ObjectReader(member.value, scope: .presetArgument, path: path, &context) else {
                return nil
            }
            guard let value = reader.node("value") else {
                context.error(
                    "the argument has no value", at: reader.position, reader.path("value"),
                    write: #"Write {"value": …}"#)
                return nil
            }
            return value.json(at: reader.path("value"), &context).map {
                ToolOverride.Preset(name: member.name, json: $0)
            }
        }
    }

    /// Reports names that two tools would have, and warns of those that some clients do not take.
    static func check(_ group: GroupSettings, in reader: ObjectReader, _ context: inout ConversionContext) {
        let members = reader.readMembers("overrides")
        let written = Dictionary(members.map { (ByteText($0.member.name), $0) }) { first, _ in first }
        var taken: [ByteText: String] = [:]
        // First those that keep their names, so that it is told where a name was given.
        for override in group.overrides.filter({ $0.name == nil }) + group.overrides.filter({ $0.name != nil }) {
            guard let (member, path) = written[ByteText(override.tool)] else { continue }
            let other = taken.updateValue(member.written, forKey: ByteText(override.offeredName))
            guard let name = override.name else { continue }
            let (position, namePath) = (member.value["name"]?.position ?? member.position, path.appending("name"))
            if let other {
                context.error(
                    "the tool \(ConfigurationPath.quoted(other)) would have the same name", at: position, namePath,
                    write: "Write another name for one of the two")
            }
            warn(ofName: name, maximum: group.maximumNameLength, at: position, namePath, &context)
        }
    }

    private static func warn(
        ofName name: String, maximum: Int, at position: SourcePosition, _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) {
        if !GroupConversion.isTakenByAll(name) {
            context.warn(
                "the name has other characters than letters, digits, _ and -; only these are taken by all clients, and others drop the tool",
                at: position, path, write: "Use letters, digits, _ and -")
        } else if name.utf8.count > maximum {
            context.warn(
                "the name has \(name.utf8.count) characters, more than the \(maximum) of maxNameLength; VS Code drops tools with more than 46, Cursor and others those with some more",
                at: position, path, write: "Write a shorter name")
        }
    }
}

extension ConfigurationNode {
    /// The value as JSON; nil where that cannot be, which is reported.
    func json(at path: ConfigurationPath, _ context: inout ConversionContext) -> [UInt8]? {
        do throws(DocumentSyntaxError) {
            return try json()
        } catch {
            context.error(error.message, at: error.position, path, write: error.suggestion)
            return nil
        }
    }
}
