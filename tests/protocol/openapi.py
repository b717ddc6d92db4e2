# SPDX-License-Identifier: GPL-3.0-or-later
"""The API's OpenAPI document, and answers held against it.

What the document leaves open, so that fields can be added later, is closed here: a field that HQ tells of and the document
does not is found."""

import copy
import json

import jsonschema
import npm


def close(schema):
    """A schema whose objects have no fields but those that it names, where it does not say that they may."""
    if isinstance(schema, list):
        return [close(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: close(each) for name, each in schema.items()}
    if isinstance(schema.get('properties'), dict) and 'type' in schema:
        closed.setdefault('additionalProperties', False)
    return closed


class Document:

    def __init__(self, text):
        self.root = json.loads(text)
        self.components = close(copy.deepcopy(self.root['components']))

    def problems(self):
        """What is wrong with the document itself."""
        official = json.loads(npm.read('openapi'))
        found = [f'{list(each.path)}: {each.message}'
                 for each in jsonschema.Draft202012Validator(official).iter_errors(self.root)]
        for schema in self.root['components']['schemas'].values():
            jsonschema.Draft202012Validator.check_schema(schema)
        return found

    def resolve(self, each):
        while '$ref' in each:
            found = self.root
            for name in each['$ref'].removeprefix('#/').split('/'):
                found = found[name]
            each = found
        return each

    def operations(self):
        """(path, method) to operation."""
        return {(path, method): operation for path, item in self.root['paths'].items()
                for method, operation in item.items()}

    def responses(self, path):
        return {int(status): self.resolve(each) for status, each in self.root['paths'][path]['get']['responses'].items()}

    def check(self, schema, value):
        whole = {**close(copy.deepcopy(schema)), 'components': self.components}
        wrong = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(whole).iter_errors(value))
        if wrong:
            raise AssertionError(f'{list(wrong.absolute_path)}: {wrong.message}')

    def check_reply(self, path, reply):
        """Raises where the answer is none that the document describes."""
        response = self.responses(path).get(reply.status)
        if response is None:
            raise AssertionError(f'{path} does not say that it answers {reply}')
        for name, header in response.get('headers', {}).items():
            value = reply.headers[name]
            if value is not None:
                self.check(header['schema'], int(value) if header['schema'].get('type') == 'integer' else value)
            elif header.get('required'):
                raise AssertionError(f'{path}: {name} is missing')
        content = response.get('content')
        if content is None:
            if reply.body:
                raise AssertionError(f'{path}: {reply} has a body')
            return
        kind = reply.headers.get_content_type()
        if kind not in content:
            raise AssertionError(f'{path}: {kind} is none of {list(content)}')
        for value in read_values(reply, kind):
            self.check(content[kind]['schema'], value)


def read_values(reply, kind):
    if kind == 'application/x-ndjson':
        return [json.loads(line) for line in reply.body.decode().split('\n')[:-1]]
    return [json.loads(reply.body)]
