import Testing

@testable import ProxyConfiguration

@Suite struct CommandTemplateTests {
    @Test("Printing a template shows neither arguments nor environment")
    func printsNoSecrets() {
        let template = CommandTemplate(
            command: "uvx", arguments: [.literal("canary")], environment: ["TOKEN": .literal("canary")],
            workingDirectory: "/canary", parameters: ["b": .init(.string), "a": .init(.boolean)])
        let settings = ManagementSettings(templates: ["git": template])
        var text = "\(template)" + String(reflecting: template) + "\(settings)"
        dump(settings, to: &text)
        #expect(!text.contains("canary"))
        #expect("\(template)" == "stdio uvx {a} {b}")
    }
}
