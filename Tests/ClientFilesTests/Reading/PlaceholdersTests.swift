import Testing

@testable import ClientFiles

@Suite struct PlaceholdersTests {
    private func translate(
        _ text: String, _ client: Client?, environment: [String: String] = [:], project: String? = "/code/app"
    ) -> Placeholders.Outcome {
        Placeholders(
            client: client, environment: environment, home: "/home/us$er", project: project,
            answers: ["token": "${GITHUB_TOKEN}"]
        ).translate(text)
    }

    @Test("Claude Desktop knows no variables, so its dollar signs stay dollar signs")
    func literal() {
        #expect(translate("pa$$ ${HOME} $X", .claudeDesktop) == .init(text: "pa$$$$ $${HOME} $$X"))
    }

    @Test("Claude Code's variables stay, its other dollar signs are text")
    func shellLike() {
        #expect(translate("${TOKEN} $HOME ${a b}", .claudeCode) == .init(text: "${TOKEN} $$HOME $${a b}"))
    }

    @Test("A default is put in where the variable is not set")
    func defaults() {
        #expect(
            translate("${BASE:-https://a$b}/mcp", .claudeCode)
                == .init(text: "https://a$$b/mcp", defaulted: ["BASE"]))
        #expect(translate("${BASE:-x}/mcp", .claudeCode, environment: ["BASE": "y"]) == .init(text: "${BASE}/mcp"))
    }

    @Test("Variables and folders of editors are translated", arguments: [Client.cursor, .vscode, .windsurf])
    func editorLike(client: Client) {
        #expect(
            translate("${env:TOKEN}|${userHome}|${workspaceFolder}${/}x|${workspaceFolderBasename}|$5", client)
                == .init(text: "${TOKEN}|/home/us$$er|/code/app/x|app|$$5"))
    }

    @Test("What only the client knows is named")
    func unanswered() {
        let text = "${input:other} ${command:x} ${env:A(x86)} ${workspaceFolder}"
        #expect(
            translate(text, .vscode, project: nil).unanswered
                == ["${input:other}", "${command:x}", "${env:A(x86)}", "${workspaceFolder}"])
    }

    @Test("An answer is put in as the proxy understands it")
    func answered() {
        #expect(translate("Bearer ${input:token}", .vscode) == .init(text: "Bearer ${GITHUB_TOKEN}", inputs: ["token"]))
    }

    @Test("A plain file keeps its dollar signs, but for what only editors write")
    func plain() {
        #expect(
            translate("$A ${B} $$ ${env:C} ${input:token} ${", nil)
                == .init(text: "$A ${B} $$ ${C} ${GITHUB_TOKEN} ${", inputs: ["token"]))
    }
}
