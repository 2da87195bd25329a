import Testing

@testable import ClientFiles

@Suite struct ClientPlaceTests {
    private let places = ClientPlaces(home: "/home/u", folder: "/code/app", environment: ["XDG_CONFIG_HOME": "/xdg"])

    @Test("Claude Desktop is looked for where each system keeps it")
    func desktop() {
        #expect(
            places.all(of: .claudeDesktop).map(\.path) == [
                "/home/u/Library/Application Support/Claude/claude_desktop_config.json",
                "/xdg/Claude/claude_desktop_config.json",
                "/home/u/AppData/Roaming/Claude/claude_desktop_config.json",
            ])
    }

    @Test("The file of the project comes before that of the user")
    func order() {
        #expect(
            places.all(of: .cursor) == [
                ClientPlace(path: "/code/app/.cursor/mcp.json", client: .cursor, project: "/code/app"),
                ClientPlace(path: "/home/u/.cursor/mcp.json", client: .cursor),
            ])
    }

    @Test("In the home folder a file is not read twice")
    func home() {
        let places = ClientPlaces(home: "/home/u", folder: "/home/u", environment: [:])
        #expect(places.all(of: .cursor).map(\.path) == ["/home/u/.cursor/mcp.json"])
    }

    @Test(
        "A file is read as what its name says",
        arguments: [
            ("/a/claude_desktop_config.json", Client.claudeDesktop, nil), (".mcp.json", .claudeCode, "/code/app"),
            ("x/.cursor/mcp.json", .cursor, "/code/app/x"), (".vscode/mcp.json", .vscode, "/code/app"),
            ("/c/Code/User/settings.json", .vscode, nil), ("mcp_config.json", .windsurf, nil),
            ("servers.json", nil, nil), ("mcp.json", nil, nil),
        ] as [(String, Client?, String?)])
    func named(path: String, client: Client?, project: String?) {
        #expect(
            ClientPlace(named: path, folder: "/code/app") == ClientPlace(path: path, client: client, project: project))
    }
}
