import Addresses

/// Reads `mcpProxy.management`.
enum ManagementConversion {
    /// Fills the settings in; keys left out keep their defaults.
    static func management(in proxy: ObjectReader, _ context: inout ConversionContext) -> ManagementSettings {
        var settings = ManagementSettings()
        guard let reader = proxy.object("management", scope: .management, &context) else { return settings }
        settings.authTokens = tokens(in: reader, &context)
        settings.stdio = reader.choice("stdio", of: StdioManagement.self, &context) ?? settings.stdio
        settings.remote = reader.choice("remote", of: ManagementPermission.self, &context) ?? settings.remote
        settings.adHoc = reader.choice("adHoc", of: ManagementPermission.self, &context) ?? settings.adHoc
        settings.allowAddresses = addresses(in: reader, &context)
        settings.templates = templates(in: reader, &context)
        for key in ManagementCount.all {
            let usual = settings[keyPath: key.property]
            settings[keyPath: key.property] =
                reader.integer(key.name, in: key.range, usual: usual, &context) ?? usual
        }
        settings.watch = reader.boolean("watch", &context) ?? settings.watch
        let day = Duration.seconds(24 * 60 * 60)
        settings.pollInterval =
            reader.duration("pollInterval", in: .seconds(1)...day, usual: settings.pollInterval, &context)
            ?? settings.pollInterval
        let hour = Duration.seconds(60 * 60)
        settings.drainTimeout =
            reader.duration("drainTimeout", in: .milliseconds(1)...hour, usual: settings.drainTimeout, &context)
            ?? settings.drainTimeout
        return settings
    }

    /// An empty list would read as "no token is asked for", which is not to be had here.
    private static func tokens(in reader: ObjectReader, _ context: inout ConversionContext) -> [Secret]? {
        guard let tokens = OptionsConversion.tokens("authTokens", in: reader, &context) else { return nil }
        if let node = reader.node("authTokens"), node.value == .array([]) {
            context.error(
                "the list is empty; the management interface is never open because of it", at: node.position,
                reader.path("authTokens"),
                write: "Write a token, or leave the key out, so that the tokens of mcpProxy.options count")
        }
        return tokens
    }

    private static func addresses(in reader: ObjectReader, _ context: inout ConversionContext) -> [AddressNetwork] {
        var addresses: [AddressNetwork] = []
        for (index, entry) in (reader.texts("allowAddresses", &context) ?? []).enumerated() {
            do throws(AddressNetworkError) {
                addresses.append(try AddressNetwork(entry.text))
            } catch {
                let path = reader.path("allowAddresses").appending(index: index)
                context.error(error.problem, at: entry.node.position, path, write: error.remedy)
            }
        }
        return addresses
    }

    private static func templates(
        in reader: ObjectReader, _ context: inout ConversionContext
    ) -> [String: CommandTemplate] {
        var templates: [String: CommandTemplate] = [:]
        for (member, path) in reader.members("templates", &context) {
            if !ServerName.isPlain(member.name) {
                context.error(
                    "the name of the template is not of letters, digits, . _ - only, or too long", at: member.position,
                    path, write: #"Write a name such as "git", of at most 63 characters"#)
            }
            if let template = TemplateConversion.template(member.value, at: path, &context) {
                templates[member.name] = template
            }
        }
        return templates
    }
}
