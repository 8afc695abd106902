"""Opens a file in GNOME Planner's own library and prints what it holds as JSON.

The library is what the program itself opens files with; it reckons the days anew
from links, constraints and its calendar. Needs nothing but ctypes.
"""
import ctypes
import datetime
import json
import sys


def bind(library, name, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, list(arguments)
    return function


class Node(ctypes.Structure):  # GList
    pass


Pointer = ctypes.c_void_p
List = ctypes.POINTER(Node)
Node._fields_ = [("value", Pointer), ("next", List), ("before", List)]


def each(node):
    while node:
        yield node.contents.value
        node = node.contents.next


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M")


planner = ctypes.CDLL(sys.argv[1])
project = bind(planner, "mrp_project_new", Pointer, Pointer)(bind(planner, "mrp_application_new", Pointer)())
fault = Pointer()
load = bind(planner, "mrp_project_load", ctypes.c_int, Pointer, ctypes.c_char_p, ctypes.POINTER(Pointer))
if not load(project, ("file://" + sys.argv[2]).encode(), ctypes.byref(fault)):
    sys.exit("the library does not open " + sys.argv[2])
name = bind(planner, "mrp_task_get_name", ctypes.c_char_p, Pointer)
start = bind(planner, "mrp_task_get_work_start", ctypes.c_long, Pointer)
finish = bind(planner, "mrp_task_get_finish", ctypes.c_long, Pointer)
links = bind(planner, "mrp_task_get_predecessor_relations", List, Pointer)
assigned = bind(planner, "mrp_task_get_assigned_resources", List, Pointer)
tasks = bind(planner, "mrp_project_get_all_tasks", List, Pointer)(project)
resources = bind(planner, "mrp_project_get_resources", List, Pointer)(project)
json.dump({
    "tasks": [{
        "name": name(t).decode(),
        "start": moment(start(t)),
        "finish": moment(finish(t)),
        "links": len(list(each(links(t)))),
        "resources": len(list(each(assigned(t)))),
    } for t in each(tasks)],
    "resources": len(list(each(resources))),
}, sys.stdout)
